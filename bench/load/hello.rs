//! The server to compare with: hyper, the runtime that the console has, and nothing else.
use hyper::header::CONTENT_TYPE;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, body::Incoming};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::io;
use tokio::net::TcpListener;

/// Serves until it is killed; its first line says where.
pub(crate) async fn serve() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(async move {
            let service = service_fn(hello);
            let served = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            let _ = served.await;
        });
    }
}

async fn hello(_: Request<Incoming>) -> Result<Response<String>, Infallible> {
    let mut response = Response::new("hello".to_owned());
    let text = hyper::header::HeaderValue::from_static("text/plain");
    response.headers_mut().insert(CONTENT_TYPE, text);
    Ok(response)
}
