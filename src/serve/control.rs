//! The socket by which the program reaches the console that runs: it answers with a login link.
use backend::console::Console;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

fn socket(data_dir: &Path) -> PathBuf {
    data_dir.join("run").join("control.sock")
}

/// The page that spends a token.
#[must_use]
pub fn link(public: &str, token: &str) -> String {
    format!("{public}/login?t={token}")
}

/// Listens; the folder is the owner's alone, the socket as well.
///
/// # Errors
/// If the socket cannot be made.
pub fn listen(data_dir: &Path, console: Console, public: String) -> std::io::Result<()> {
    let path = socket(data_dir);
    let _ = std::fs::remove_file(&path);
    let listener = UnixListener::bind(&path)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let answer = match console.login_token().await {
                Ok(token) => format!("{}\n", link(&public, &token)),
                Err(error) => format!("error: {error}\n"),
            };
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    Ok(())
}

/// Asks the console of a data directory for a new login link.
///
/// # Errors
/// One sentence if none runs there.
pub async fn login_link(data_dir: &Path) -> Result<String, String> {
    let none = |_| {
        format!(
            "no console runs on {}; start it with: heddle serve",
            data_dir.display()
        )
    };
    let mut stream = UnixStream::connect(socket(data_dir)).await.map_err(none)?;
    let mut answer = String::new();
    stream
        .read_to_string(&mut answer)
        .await
        .map_err(|error| error.to_string())?;
    match answer.trim().strip_prefix("error: ") {
        Some(error) => Err(error.to_owned()),
        None => Ok(answer.trim().to_owned()),
    }
}
