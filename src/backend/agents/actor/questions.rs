//! Answers of people to questions of the agent: the first one wins, and is kept before it is sent.
use super::{Actor, Reply};
use crate::agents::talk::{OpenQuestion, build};
use crate::error::Failed;
use crate::store::{Change, CommandWrite, EntryWrite};
use domain::question::{Question, QuestionAction, QuestionAnswer, Values};
use domain::thread::{ApprovalState, Body};

/// An answer to a question.
#[derive(Debug)]
pub struct PersonAnswer {
    /// The question.
    pub question_id: String,
    /// What is done about it.
    pub action: QuestionAction,
    /// What was filled in.
    pub values: Values,
    /// Who answers.
    pub by: String,
    /// The command.
    pub command: CommandWrite,
    /// Answered with the session.
    pub reply: Reply,
}

impl Actor {
    pub(super) async fn answer_question(&mut self, answer: PersonAnswer) {
        let PersonAnswer {
            question_id,
            action,
            values,
            by,
            command,
            reply,
        } = answer;
        let at = self.shared.clock.now();
        let answer = QuestionAnswer {
            action,
            values,
            by,
            at,
        };
        let done = self.take_answer(&question_id, answer, command).await;
        Self::reply(reply, done);
    }

    async fn take_answer(
        &mut self,
        question_id: &str,
        answer: QuestionAnswer,
        command: CommandWrite,
    ) -> Result<String, Failed> {
        let (open, mut question) = self.open_question(question_id)?;
        if answer.action == QuestionAction::Accept {
            let refused = |wrong: domain::question::Wrong| Failed::Refused(wrong.to_string());
            question.check(&answer.values).map_err(refused)?;
        } else if !answer.values.is_empty() {
            let text = "only an accepted question has values";
            return Err(Failed::Refused(text.to_owned()));
        }
        let raw = build::answered(&open.rpc_id, question_id, &answer, question.url.is_some());
        question.state = ApprovalState::Answered;
        question.answer = Some(answer);
        self.answered.insert(question_id.to_owned());
        let written = self.write_question(&open, question, command).await;
        if written.is_err() {
            self.answered.remove(question_id);
            return written;
        }
        self.send(&uuid::Uuid::new_v4().to_string(), &raw);
        written
    }

    /// The open question of this name; says whether it was answered before or never was.
    fn open_question(&self, question_id: &str) -> Result<(OpenQuestion, Box<Question>), Failed> {
        let key = format!("question:{question_id}");
        let Some(Body::Question(question)) = self.talk.entry(&key).map(|said| said.body) else {
            return Err(Failed::NotFound("there is no such question".to_owned()));
        };
        let open = self.talk.open_questions();
        let open = open.into_iter().find(|open| open.key == key);
        let is_over = self.record.cancelling || !self.is_in_turn();
        match open {
            Some(_) if is_over || self.answered.contains(question_id) => {
                Err(self.conflict("somebody answered this question already"))
            }
            Some(open) => Ok((open, question)),
            None => Err(self.conflict("this question is no longer open")),
        }
    }

    async fn write_question(
        &mut self,
        open: &OpenQuestion,
        question: Box<Question>,
        command: CommandWrite,
    ) -> Result<String, Failed> {
        let gone = || Failed::NotFound("there is no such question".to_owned());
        let said = self.talk.entry(&open.key).ok_or_else(gone)?;
        let write = EntryWrite {
            key: open.key.clone(),
            turn: said.turn,
            at: said.at,
            body: Body::Question(question),
        };
        let change = Change {
            is_activity: true,
            entries: vec![write],
            status: Some(self.turn_status()),
            command: Some(command),
            ..Change::at(self.shared.clock.now())
        };
        Ok(self.commit(change).await?.answer.unwrap_or_default())
    }

    /// Tells the agent that nobody will answer what is open.
    pub(super) fn leave_questions(&self) {
        for open in self.talk.open_questions() {
            if !self.answered.contains(&open.question_id) {
                let key = uuid::Uuid::new_v4().to_string();
                self.send(&key, &build::question_left(&open.rpc_id));
            }
        }
    }

    /// Sends answers to questions that are in the store and not in the journal.
    pub(super) async fn answer_questions_again(&mut self) -> Result<(), Failed> {
        let open = self.talk.open_questions();
        if open.is_empty() {
            return Ok(());
        }
        for (key, entry) in self.shared.store.thread(&self.id).await? {
            let (Body::Question(question), Some(open)) =
                (entry.body, open.iter().find(|open| open.key == key))
            else {
                continue;
            };
            if let (ApprovalState::Answered, Some(answer)) = (question.state, question.answer) {
                self.answered.insert(open.question_id.clone());
                let is_url = question.url.is_some();
                let raw = build::answered(&open.rpc_id, &open.question_id, &answer, is_url);
                self.send(&uuid::Uuid::new_v4().to_string(), &raw);
            }
        }
        Ok(())
    }
}
