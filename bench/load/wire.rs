//! HTTP/1.1 as bytes: a client that costs little, so that it leaves the machine to the console.
use std::io;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// Bytes that a connection reads at once.
const BUFFER: usize = 2048;

pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A request as it is sent.
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) headers: &'a [(&'a str, &'a str)],
    pub(crate) body: &'a str,
}

impl Request<'_> {
    pub(crate) fn written(&self, port: u16) -> String {
        let Self { method, path, .. } = self;
        let mut text = format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n");
        for (name, value) in self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if *method == "POST" {
            text.push_str(&format!("content-length: {}\r\n", self.body.len()));
        }
        text.push_str("\r\n");
        text.push_str(self.body);
        text
    }
}

pub(crate) struct Wire {
    pub(crate) stream: BufReader<TcpStream>,
    port: u16,
}

impl Wire {
    pub(crate) async fn open(port: u16) -> io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        let stream = BufReader::with_capacity(BUFFER, stream);
        Ok(Self { stream, port })
    }

    /// Sends a request and reads the head of its answer.
    pub(crate) async fn begin(&mut self, request: &Request<'_>) -> io::Result<Answer> {
        let text = request.written(self.port);
        self.stream.get_mut().write_all(text.as_bytes()).await?;
        head(&mut self.stream).await
    }

    /// Sends a request and reads its answer.
    pub(crate) async fn ask(&mut self, request: &Request<'_>) -> io::Result<Answer> {
        let mut answer = self.begin(request).await?;
        if answer.header("transfer-encoding") == Some("chunked") {
            answer.body = chunks(&mut self.stream).await?;
        } else if let Some(length) = answer.header("content-length") {
            let length = length.parse().map_err(io::Error::other)?;
            answer.body = vec![0; length];
            self.stream.read_exact(&mut answer.body).await?;
        }
        Ok(answer)
    }
}

async fn line(stream: &mut (impl AsyncBufRead + Unpin)) -> io::Result<String> {
    let mut line = String::new();
    if stream.read_line(&mut line).await? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    line.truncate(line.trim_end().len());
    Ok(line)
}

async fn head(stream: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Answer> {
    let first = line(stream).await?;
    let status = first.split(' ').nth(1).and_then(|text| text.parse().ok());
    let mut headers = Vec::new();
    loop {
        let line = line(stream).await?;
        let Some((name, value)) = line.split_once(": ") else {
            break;
        };
        headers.push((name.to_lowercase(), value.to_owned()));
    }
    Ok(Answer {
        status: status.ok_or_else(|| io::Error::other(first))?,
        headers,
        body: Vec::new(),
    })
}

async fn chunks(stream: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let size = line(stream).await?;
        let size = usize::from_str_radix(&size, 16).map_err(io::Error::other)?;
        let from = body.len();
        body.resize(from + size, 0);
        stream.read_exact(&mut body[from..]).await?;
        line(stream).await?;
        if size == 0 {
            return Ok(body);
        }
    }
}
