//! Requests to other nodes: one connection each, an answer in time or none.
use super::Secret;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Where nodes are asked.
pub const PATH: &str = "/node/v1/read";
/// The header with the secret of all nodes.
pub const SECRET: &str = "x-heddle-node-secret";
/// An answer must be there by then. Source: issue 5, "Several nodes".
const LIMIT: Duration = Duration::from_secs(2);
/// Bytes of an answer at the most: an image in Base64, and some.
const MOST: u64 = 16 * 1024 * 1024;

/// What another node answered to a body of JSON.
///
/// # Errors
/// When it does not answer in time, or does not answer with what was asked for.
pub async fn ask(url: &str, secret: &Secret, body: &str) -> io::Result<Vec<u8>> {
    let late = |_| io::Error::from(io::ErrorKind::TimedOut);
    let asked = tokio::time::timeout(LIMIT, exchange(url, secret, body)).await;
    read(&asked.map_err(late)??)
}

async fn exchange(url: &str, secret: &Secret, body: &str) -> io::Result<Vec<u8>> {
    let authority = url.strip_prefix("http://").unwrap_or(url);
    let mut stream = TcpStream::connect(authority).await?;
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n\
         content-type: application/json\r\n{SECRET}: {}\r\ncontent-length: {}\r\n\r\n",
        secret.text(),
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(MOST).read_to_end(&mut answer).await?;
    Ok(answer)
}

/// The body of a whole answer with status 200.
fn read(answer: &[u8]) -> io::Result<Vec<u8>> {
    let wrong = |why: &str| io::Error::new(io::ErrorKind::InvalidData, why.to_owned());
    let end = answer.windows(4).position(|end| end == b"\r\n\r\n");
    let end = end.ok_or_else(|| wrong("it is cut off"))?;
    let head = String::from_utf8_lossy(&answer[..end]);
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    if status != Some("200") {
        let status = status.unwrap_or("none");
        return Err(wrong(&format!("its status is {status}")));
    }
    let length = lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_it = name.eq_ignore_ascii_case("content-length");
        is_it.then(|| value.trim().parse::<usize>().ok())?
    });
    let body = &answer[end + 4..];
    match length {
        Some(length) if length == body.len() => Ok(body.to_owned()),
        _ => Err(wrong("it is cut off")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(answer: &str, wanted: Option<&str>) {
        let body = read(answer.as_bytes()).ok();
        assert_eq!(body.as_deref(), wanted.map(str::as_bytes), "{answer}");
    }

    #[test]
    fn only_a_whole_answer_of_success_is_one() {
        check("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", Some("ok"));
        check("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok", None);
        check("HTTP/1.1 200 OK\r\n\r\nok", None);
        check(
            "HTTP/1.1 401 Unauthorized\r\ncontent-length: 2\r\n\r\nno",
            None,
        );
        check("HTTP/1.1 200 OK\r\ncontent-len", None);
        check("", None);
    }
}
