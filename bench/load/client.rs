//! A client of the console's interface: reads, commands, and sessions that are ready to be watched.
use super::clock::until;
use super::wire::{Answer, Request, Wire};
use serde_json::{Value, json};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A client of a console's interface.
#[derive(Clone, Default)]
pub(crate) struct Client {
    pub(crate) port: u16,
    pub(crate) cookie: Arc<str>,
}

impl Client {
    pub(crate) async fn get(&self, path: &str) -> io::Result<Value> {
        let path = format!("/api/{path}");
        let headers = [("cookie", &*self.cookie)];
        let request = Request {
            method: "GET",
            path: &path,
            headers: &headers,
            body: "",
        };
        read(&path, &Wire::open(self.port).await?.ask(&request).await?)
    }

    pub(crate) async fn post(&self, path: &str, args: Value) -> io::Result<Value> {
        self.post_by(&mut Wire::open(self.port).await?, path, args)
            .await
    }

    /// Sends a command over this connection.
    pub(crate) async fn post_by(
        &self,
        wire: &mut Wire,
        path: &str,
        mut args: Value,
    ) -> io::Result<Value> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let n = COUNT.fetch_add(1, Ordering::Relaxed);
        let time = super::clock::wall_ms() & 0xffff_ffff;
        args["clientId"] = json!(format!("{time:08x}-0000-4000-8000-{n:012x}"));
        let origin = format!("http://127.0.0.1:{}", self.port);
        let headers = [
            ("cookie", &*self.cookie),
            ("origin", origin.as_str()),
            ("content-type", "application/json"),
        ];
        let path = format!("/api/{path}");
        let request = Request {
            method: "POST",
            path: &path,
            headers: &headers,
            body: &args.to_string(),
        };
        read(&path, &wire.ask(&request).await?)
    }

    /// A session that did its first step and is idle; all that follows is allowed.
    pub(crate) async fn session(&self, repo: &str) -> io::Result<String> {
        let prompt = "```sh\necho ready\n```\n";
        let args = json!({"repo": repo, "agent": "runbook", "prompt": prompt, "title": "Load"});
        let session = self.post("agent/create_session", args).await?;
        let id = session["id"].as_str().unwrap_or_default().to_owned();
        self.reaches(&id, "waiting_approval").await?;
        let session = self.get(&format!("agent/get?id={id}")).await?;
        let open = &session["pendingApprovals"][0];
        let entry = format!("agent/get_entry?id={id}&seq={}", open["seq"]);
        let entry = self.get(&entry).await?;
        let mut options = entry["options"].as_array().into_iter().flatten();
        let always = options.find(|option| option["kind"] == "allow_always");
        let args = json!({
            "id": id, "requestId": open["requestId"], "argsHash": entry["argsHash"],
            "optionId": always.map(|option| &option["optionId"]),
        });
        self.post("agent/approve", args).await?;
        self.reaches(&id, "idle").await?;
        Ok(id)
    }

    pub(crate) async fn reaches(&self, id: &str, wanted: &str) -> io::Result<()> {
        let path = format!("agent/get?id={id}");
        until(wanted, async || {
            let session = self.get(&path).await?;
            Ok((session["status"] == wanted).then_some(()))
        })
        .await
    }

    pub(crate) async fn revision(&self, id: &str) -> io::Result<u64> {
        let session = self.get(&format!("agent/get?id={id}")).await?;
        Ok(session["revision"].as_u64().unwrap_or_default())
    }
}

fn read(path: &str, answer: &Answer) -> io::Result<Value> {
    if answer.status != 200 {
        let (status, text) = (answer.status, answer.text());
        return Err(io::Error::other(format!("{path} answers {status}: {text}")));
    }
    serde_json::from_slice(&answer.body).map_err(io::Error::other)
}
