//! What any store must do for several nodes, whatever database is behind it.
use super::suite::{Bench, client_id, on_both, postgres, say, session_id, sqlite};
use super::*;
use domain::thread::Body;
use std::collections::BTreeMap;

const LEASE: Option<u64> = Some(60_000);

fn node(name: &str, home: &str) -> Node {
    Node {
        name: name.into(),
        home: home.into(),
        url: Some("http://127.0.0.1:1".into()),
        labels: BTreeMap::from([("zone".to_owned(), "a".to_owned())]),
        capacity: 2,
        live: 0,
    }
}

fn claim_of(node: &str) -> Claim {
    Claim {
        node: node.into(),
        worktrees: "/srv/trees".into(),
        now: Timestamp(50),
    }
}

fn room_for(repo: &str, agent: &str, most: u64) -> Room {
    Room {
        repo: repo.into(),
        agents: vec!["other".into(), agent.into()],
        most,
    }
}

impl Bench {
    async fn beat(&self, name: &str) -> Beat {
        self.store.beat(node(name, name), LEASE).await.unwrap()
    }

    async fn lapse(&self) {
        self.outside("UPDATE nodes SET lease_until = 1 WHERE name = 'node'")
            .await;
    }

    async fn pending(&self, node: &str, repo: &str) -> Vec<SessionId> {
        let claim = claim_of(node);
        let room = room_for(repo, "runbook", 9);
        self.store.claim_pending(claim, room).await.unwrap()
    }
}

fn fenced(node: &str, epoch: u64) -> Change {
    Change {
        title: Some("Written".into()),
        fence: Some(Fence {
            node: node.into(),
            epoch,
        }),
        ..Change::at(Timestamp(60))
    }
}

async fn a_lease_stands_until_it_runs_out_and_a_name_is_held_by_one_console(bench: Bench) {
    assert_eq!(bench.beat("node").await, Beat::RanOut, "it is new");
    assert_eq!(bench.beat("node").await, Beat::Stood);
    let other = bench.store.beat(node("node", "elsewhere"), LEASE).await;
    assert_eq!(other.unwrap(), Beat::Taken);
    let members = bench.store.members().await.unwrap();
    assert_eq!(members[0].node, node("node", "node"));
    assert!(members[0].is_there);
    bench.lapse().await;
    assert!(!bench.store.members().await.unwrap()[0].is_there);
    assert_eq!(bench.beat("node").await, Beat::RanOut);
    bench.lapse().await;
    let other = bench.store.beat(node("node", "elsewhere"), LEASE).await;
    assert_eq!(other.unwrap(), Beat::RanOut, "a name that is free");
    let renamed = bench.store.beat(node("new", "elsewhere"), None).await;
    assert_eq!(renamed.unwrap(), Beat::RanOut);
    let members = bench.store.members().await.unwrap();
    let there = members.iter().filter(|member| member.is_there);
    let there: Vec<_> = there.map(|member| member.node.name.as_str()).collect();
    assert_eq!(there, ["new"], "it is known by one name");
}

async fn sessions_of_a_node_that_is_gone_are_interrupted_and_what_was_open_is_closed(bench: Bench) {
    bench.beat("node").await;
    bench.new_session(1).await;
    let body = Body::Agent {
        text: "half".into(),
        open: true,
    };
    let half = EntryWrite {
        body,
        ..say("half", "")
    };
    let working = Change {
        entries: vec![half],
        status: Some(StatusChange::plain(SessionStatus::Working)),
        run: Some(Some("run".into())),
        agent_alive: Some(true),
        ..Change::at(Timestamp(9))
    };
    bench.change(1, working).await;
    bench.new_session(2).await;
    assert!(bench.store.expire(Timestamp(50)).await.unwrap().is_empty());
    bench.lapse().await;
    let lost = bench.store.expire(Timestamp(50)).await.unwrap();
    assert_eq!(lost, [session_id(1)], "what nobody began waits on");
    let view = bench.store.view(&session_id(1), None).await.unwrap();
    let session = &view.record.session;
    assert_eq!(session.status, SessionStatus::Interrupted);
    assert!(!session.agent_alive && view.record.run.is_none());
    let thread = view.thread.entries;
    assert!(matches!(&thread[1].body, Body::Agent { open: false, .. }));
    assert!(matches!(&thread[2].body, Body::System { code, .. } if code == "interrupted"));
    assert_eq!(session.revision, 3);
    assert_eq!(bench.store.heads().get(&session_id(1)).unwrap().revision, 3);
    assert!(bench.store.expire(Timestamp(50)).await.unwrap().is_empty());
}

async fn a_session_is_taken_over_once_its_node_is_gone_and_the_old_one_writes_no_more(
    bench: Bench,
) {
    bench.beat("node").await;
    bench.beat("other").await;
    bench.new_session(1).await;
    let id = session_id(1);
    bench.change(1, fenced("node", 0)).await;
    let early = bench.store.claim(&id, claim_of("other")).await;
    assert!(matches!(early, Err(Failed::Unavailable(why)) if why.contains("node node")));
    bench.lapse().await;
    let claimed = bench.store.claim(&id, claim_of("other")).await.unwrap();
    let record = claimed.record;
    assert_eq!(
        (record.session.node_id.as_str(), record.epoch),
        ("other", 1)
    );
    let late = bench.store.change(&id, fenced("node", 0)).await;
    assert!(matches!(late, Err(Failed::Moved(node)) if node == "other"));
    bench.change(1, fenced("other", 1)).await;
    bench.beat("node").await;
    let late = bench.store.change(&id, fenced("node", 1)).await;
    assert!(matches!(late, Err(Failed::Moved(_))), "{late:?}");
    let again = bench.store.claim(&id, claim_of("other")).await.unwrap();
    assert_eq!(again.record.epoch, 1, "it is its own already");
}

async fn what_nobody_began_goes_to_another_node_if_its_own_is_full_or_gone(bench: Bench) {
    bench.beat("node").await;
    bench.new_session(1).await;
    bench.new_session(2).await;
    let begun = Change {
        acp_session: Some(Some("acp".into())),
        ..Change::at(Timestamp(9))
    };
    bench.change(2, begun).await;
    assert!(bench.pending("other", "/srv/demo").await.is_empty());
    let full = Node {
        live: 2,
        ..node("node", "node")
    };
    bench.store.beat(full, LEASE).await.unwrap();
    assert!(bench.pending("node", "/srv/demo").await.is_empty());
    assert!(bench.pending("other", "/srv/else").await.is_empty());
    let unfit = room_for("/srv/demo", "run", 9);
    let unfit = bench.store.claim_pending(claim_of("other"), unfit).await;
    assert!(unfit.unwrap().is_empty(), "its agent is not there");
    assert_eq!(bench.pending("other", "/srv/demo").await, [session_id(1)]);
    let record = bench.store.record(&session_id(1)).await.unwrap();
    assert_eq!(
        (record.session.node_id.as_str(), record.epoch),
        ("other", 1)
    );
    let path = format!("/srv/trees/{}", session_id(1));
    assert_eq!(record.session.worktree.path, path);
    assert!(record.outbox.is_some(), "its message waits on");
    bench.lapse().await;
    assert!(bench.pending("other", "/srv/demo").await.is_empty());
}

async fn a_command_for_another_node_is_found_by_the_owner_and_answered_once(bench: Bench) {
    bench.new_session(1).await;
    let asked = Asked {
        client_id: client_id(7),
        session: session_id(1),
        wish: "{}".into(),
        at: Timestamp(5),
    };
    bench.store.ask(asked.clone()).await.unwrap();
    bench.store.ask(asked.clone()).await.unwrap();
    assert!(bench.store.asked("other").await.unwrap().is_empty());
    assert_eq!(bench.store.asked("node").await.unwrap(), [asked]);
    assert_eq!(bench.store.told(&client_id(7)).await.unwrap(), None);
    bench.store.tell(&client_id(7), "first").await.unwrap();
    bench.store.tell(&client_id(7), "second").await.unwrap();
    let told = bench.store.told(&client_id(7)).await.unwrap();
    assert_eq!(told.as_deref(), Some("first"));
    assert!(bench.store.asked("node").await.unwrap().is_empty());
    bench.store.forget_asks(Timestamp(9)).await.unwrap();
    assert_eq!(bench.store.told(&client_id(7)).await.unwrap(), None);
}

async fn many_nodes_that_claim_at_once_get_every_session_once(bench: Bench) {
    for n in 1..=20 {
        bench.new_session(n).await;
    }
    for n in 0..5 {
        bench.beat(&format!("node{n}")).await;
    }
    let claims = (0..5).map(|n| {
        let store = bench.store.clone();
        let claim = claim_of(&format!("node{n}"));
        tokio::spawn(async move {
            store
                .claim_pending(claim, room_for("/srv/demo", "runbook", 4))
                .await
        })
    });
    let mut all = Vec::new();
    for claimed in futures::future::join_all(claims).await {
        all.extend(claimed.unwrap().unwrap());
    }
    let count = all.len();
    all.sort_by_key(ToString::to_string);
    all.dedup();
    assert_eq!(all.len(), count, "none twice");
}

on_both!(
    a_lease_stands_until_it_runs_out_and_a_name_is_held_by_one_console,
    sessions_of_a_node_that_is_gone_are_interrupted_and_what_was_open_is_closed,
    a_session_is_taken_over_once_its_node_is_gone_and_the_old_one_writes_no_more,
    what_nobody_began_goes_to_another_node_if_its_own_is_full_or_gone,
    a_command_for_another_node_is_found_by_the_owner_and_answered_once,
    many_nodes_that_claim_at_once_get_every_session_once,
);
