//! Images and texts that people attach: checked by their content, kept once, removed when nobody needs them.
use crate::clock::Clock;
use crate::error::Failed;
use crate::store::{CommandWrite, Store};
use domain::attachment::{
    ATTACHMENT_BYTES, ATTACHMENTS_MOST, Attachment, TEXT_KIND, UploadKind, mime_of,
};
use domain::thread::Image;
use domain::time::Timestamp;
use sha2::{Digest, Sha256};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::Mutex;

/// How long an image that no message uses is kept, in milliseconds: a draft may wait a week.
const UNUSED_MS: i64 = 7 * 24 * 3600 * 1000;
/// Bytes of a name.
const NAME: usize = 200;

/// The images in the data directory, with their rows.
pub struct Attachments {
    store: Arc<dyn Store>,
    clock: Clock,
    folder: PathBuf,
    /// Held while rows and files are changed together.
    turn: Mutex<()>,
}

impl std::fmt::Debug for Attachments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attachments")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

impl Attachments {
    /// Those below `<data dir>/attachments`, which is made when it is needed.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Clock, data_dir: &Path) -> Self {
        Self {
            store,
            clock,
            folder: data_dir.join("attachments"),
            turn: Mutex::new(()),
        }
    }

    /// Keeps an image of a user; the bytes are on the disk before this returns.
    ///
    /// # Errors
    /// [`Failed::StorageFull`], or a fault.
    pub async fn keep(
        &self,
        owner: &str,
        attachment: Attachment,
        content: Vec<u8>,
        command: CommandWrite,
    ) -> Result<(), Failed> {
        let _turn = self.turn.lock().await;
        let (folder, path) = (self.folder.clone(), self.folder.join(&attachment.id));
        let written = tokio::task::spawn_blocking(move || write(&folder, &path, &content));
        written.await.map_err(|error| Failed::internal(&error))??;
        let now = self.clock.now();
        self.store
            .add_attachment(owner, attachment, command, now)
            .await
    }

    /// Keeps an image that an agent of this user shows.
    ///
    /// # Errors
    /// [`Failed::StorageFull`], or a fault.
    pub async fn keep_shown(
        &self,
        owner: &str,
        image: Image,
        content: Vec<u8>,
    ) -> Result<(), Failed> {
        let _turn = self.turn.lock().await;
        let (folder, path) = (self.folder.clone(), self.folder.join(&image.id));
        let written = tokio::task::spawn_blocking(move || write(&folder, &path, &content));
        written.await.map_err(|error| Failed::internal(&error))??;
        let attachment = Attachment {
            id: image.id,
            name: "image".to_owned(),
            mime: image.mime,
            bytes: image.bytes,
        };
        let now = self.clock.now();
        self.store.add_shown(owner, attachment, now).await
    }

    /// The images of these ids, in order, each once.
    ///
    /// # Errors
    /// [`Failed::Refused`] for too many, or one that this user does not have.
    pub async fn find(&self, owner: &str, ids: &[String]) -> Result<Vec<Attachment>, Failed> {
        let mut found: Vec<Attachment> = Vec::new();
        for id in ids {
            if found.iter().any(|known| known.id == *id) {
                continue;
            }
            let one = self.store.attachment(owner, id).await?;
            let gone = "an attachment is no longer there; attach it again";
            found.push(one.ok_or_else(|| Failed::Refused(gone.to_owned()))?);
        }
        if found.len() > ATTACHMENTS_MOST {
            let text = format!("a message takes {ATTACHMENTS_MOST} images and texts at most");
            return Err(Failed::Refused(text));
        }
        Ok(found)
    }

    /// An image of a user with its content.
    ///
    /// # Errors
    /// [`Failed::NotFound`] if this user has none of this id.
    pub async fn read(&self, owner: &str, id: &str) -> Result<(Attachment, Vec<u8>), Failed> {
        let missing = || Failed::NotFound("there is no such attachment".to_owned());
        let known = self.store.attachment(owner, id).await?;
        let known = known.ok_or_else(missing)?;
        let content = self
            .content(&known)
            .await
            .map_err(|error| match error.kind() {
                std::io::ErrorKind::NotFound => missing(),
                _ => error.into(),
            })?;
        Ok((known, content))
    }

    /// Keeps the bytes of an image that another node has.
    ///
    /// # Errors
    /// [`Failed::Malformed`] if they are not this image's; [`Failed::StorageFull`], or a fault.
    pub async fn bring(&self, id: &str, content: Vec<u8>) -> Result<(), Failed> {
        if domain::text::hex(&Sha256::digest(&content)) != id {
            let text = "another node sent another image".to_owned();
            return Err(Failed::Malformed(text));
        }
        let (folder, path) = (self.folder.clone(), self.folder.join(id));
        let written = tokio::task::spawn_blocking(move || write(&folder, &path, &content));
        written.await.map_err(|error| Failed::internal(&error))??;
        Ok(())
    }

    /// Where the bytes of an attachment are; whoever runs as this user can read them.
    #[must_use]
    pub fn path(&self, attachment: &Attachment) -> PathBuf {
        self.folder.join(&attachment.id)
    }

    /// The bytes of an image.
    ///
    /// # Errors
    /// When the file is not there or cannot be read.
    pub async fn content(&self, attachment: &Attachment) -> std::io::Result<Vec<u8>> {
        tokio::fs::read(self.folder.join(&attachment.id)).await
    }

    /// Removes what only deleted sessions used, and what was uploaded long ago and never used.
    pub async fn sweep(&self) {
        let _turn = self.turn.lock().await;
        let before = Timestamp(self.clock.now().0 - UNUSED_MS);
        match self.store.sweep_attachments(before).await {
            Ok(gone) => {
                for id in gone {
                    let _ = tokio::fs::remove_file(self.folder.join(id)).await;
                }
            }
            Err(error) => tracing::error!(error = %error, "attachments were not swept"),
        }
    }
}

/// What an upload is, or why it is not taken.
///
/// # Errors
/// [`Failed::Malformed`] for nothing, [`Failed::TooLarge`], [`Failed::Unsupported`] for what is no
/// image or no text by its content.
pub fn examine(name: &str, kind: UploadKind, content: &[u8]) -> Result<Attachment, Failed> {
    let bytes = content.len() as u64;
    if bytes == 0 {
        return Err(Failed::Malformed("the upload is empty".to_owned()));
    }
    if bytes > ATTACHMENT_BYTES {
        return Err(too_large(kind));
    }
    let (mime, refusal) = match kind {
        UploadKind::Image => (
            mime_of(content),
            "only PNG, JPEG, GIF and WebP images can be attached, whatever their name",
        ),
        UploadKind::Text => (
            is_text(content).then_some(TEXT_KIND),
            "a text has to be UTF-8, without NUL characters",
        ),
    };
    let mime = mime.ok_or_else(|| Failed::Unsupported(refusal.to_owned()))?;
    Ok(Attachment {
        id: domain::text::hex(&Sha256::digest(content)),
        name: shown_name(name),
        mime: mime.to_owned(),
        bytes,
    })
}

/// Why an upload of more than [`ATTACHMENT_BYTES`] is not taken.
#[must_use]
pub fn too_large(kind: UploadKind) -> Failed {
    let text = match kind {
        UploadKind::Image => "an image may have 10 MiB at most; make it smaller",
        UploadKind::Text => "a text may have 10 MiB at most; make it shorter",
    };
    Failed::TooLarge(text.to_owned())
}

fn is_text(content: &[u8]) -> bool {
    !content.contains(&0) && std::str::from_utf8(content).is_ok()
}

/// The last part of a name, without what cannot be shown.
fn shown_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|c| !c.is_control()).collect();
    let name = domain::text::cut(plain.trim(), NAME).trim_end();
    let name = if name.is_empty() { "image" } else { name };
    name.to_owned()
}

fn write(folder: &Path, path: &Path, content: &[u8]) -> std::io::Result<()> {
    if path
        .metadata()
        .is_ok_and(|known| known.len() == content.len() as u64)
    {
        return Ok(());
    }
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let part = path.with_extension("part");
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&part)?;
    let written = file.write_all(content).and_then(|()| file.sync_all());
    let moved = written.and_then(|()| std::fs::rename(&part, path));
    if moved.is_err() {
        let _ = std::fs::remove_file(&part);
        return moved;
    }
    std::fs::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    const GIF: &[u8] = b"GIF89a\x01\0\x01\0\0\0\0;";

    #[test]
    fn an_upload_is_named_by_its_bytes_and_its_last_part() {
        let known = examine("../../etc/a\u{7}b.png", UploadKind::Image, GIF).unwrap();
        assert_eq!(
            (known.name.as_str(), known.mime.as_str()),
            ("ab.png", "image/gif")
        );
        assert_eq!((known.id.len(), known.bytes), (64, 14));
        assert_eq!(
            examine("C:\\x\\", UploadKind::Image, GIF).unwrap().name,
            "image"
        );
        assert_eq!(
            examine(&"é".repeat(300), UploadKind::Image, GIF)
                .unwrap()
                .name
                .len(),
            200
        );
    }

    #[test]
    fn what_is_empty_too_large_or_no_image_is_refused() {
        let large = vec![0; usize::try_from(ATTACHMENT_BYTES).unwrap() + 1];
        assert!(matches!(
            examine("a", UploadKind::Image, b""),
            Err(Failed::Malformed(_))
        ));
        assert!(matches!(
            examine("a", UploadKind::Image, &large),
            Err(Failed::TooLarge(_))
        ));
        let page = b"<!DOCTYPE html><p>no image</p>";
        assert!(matches!(
            examine("a.png", UploadKind::Image, page),
            Err(Failed::Unsupported(_))
        ));
    }

    #[test]
    fn a_text_is_taken_when_it_is_sent_as_one() {
        let text = examine("notes.txt", UploadKind::Text, "añ\r\n".as_bytes()).unwrap();
        assert_eq!(text.mime, TEXT_KIND);
        assert!(!text.is_image());
        for content in [&b"a\0b"[..], b"\xff\xfe"] {
            let refused = examine("a", UploadKind::Text, content);
            assert!(matches!(refused, Err(Failed::Unsupported(_))));
        }
    }

    #[test]
    fn a_file_is_written_once_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (inside, path) = (folder.path().join("x"), folder.path().join("x/id"));
        write(&inside, &path, GIF).unwrap();
        let first = path.metadata().unwrap();
        assert_eq!(first.permissions().mode() & 0o777, 0o600);
        write(&inside, &path, GIF).unwrap();
        assert_eq!(
            path.metadata().unwrap().modified().unwrap(),
            first.modified().unwrap()
        );
        assert_eq!(std::fs::read_dir(&inside).unwrap().count(), 1);
    }
}
