//! The way to the host and back, and the orders that the host sends by itself.

use room::{ArchiveOutcome, CheckOutcome, Event, RequestId, RestoreOutcome, RulingOutcome};

use crate::{
    object::Question,
    store::Order,
    world::{Fate, Happening, World},
};

impl World {
    /// A question leaves for the host.
    pub(crate) fn ask(&mut self, object: usize, request: RequestId, question: Question) {
        let life = self.objects[object].life;
        self.trace.line(
            self.now,
            format_args!("object {object} asks {}", name(&question)),
        );
        let fate = self.fate();
        let wait = if self.is_storm && self.random.percent(8) {
            self.random.between(1_000, 9_000)
        } else {
            self.random.between(5, 80)
        };
        self.after(
            wait,
            Happening::HostAsked {
                object,
                life,
                request,
                question: question.clone(),
                fate,
            },
        );
        let answer = failure(request, &question, "no answer within 10 s");
        self.after(
            10_000,
            Happening::HostAnswers {
                object,
                life,
                request,
                answer,
            },
        );
    }

    fn fate(&mut self) -> Fate {
        if !self.is_storm {
            return Fate::Answered;
        }
        match self.random.below(20) {
            0 | 1 => Fate::Broken { persist: true },
            2 | 3 => Fate::Broken { persist: false },
            4 => Fate::Unanswered,
            _ => Fate::Answered,
        }
    }

    /// A request reaches the host, if there is one.
    pub(crate) fn host_asked(
        &mut self,
        object: usize,
        life: u64,
        request: RequestId,
        question: Question,
        fate: Fate,
    ) {
        if self.now < self.host_paused_until {
            let at = self.host_paused_until + self.random.between(1, 50);
            return self.at(
                at,
                Happening::HostAsked {
                    object,
                    life,
                    request,
                    question,
                    fate,
                },
            );
        }
        let refused = !self.host_is_up || fate == Fate::Broken { persist: false };
        let answer = if refused {
            self.counters.count("host failures that had not landed");
            failure(request, &question, "the host is not there")
        } else {
            self.host_does(object, request, &question)
        };
        let answer = match fate {
            Fate::Answered | Fate::Broken { persist: false } => answer,
            Fate::Broken { persist: true } => {
                self.counters.count("host failures that had landed");
                failure(request, &question, "the connection was lost")
            }
            Fate::Unanswered => {
                self.counters.count("answers lost");
                return;
            }
        };
        let wait = self.random.between(5, 80);
        self.after(
            wait,
            Happening::HostAnswers {
                object,
                life,
                request,
                answer,
            },
        );
    }

    fn host_does(&mut self, object: usize, request: RequestId, question: &Question) -> Event {
        let case = self.objects[object].case;
        match question {
            Question::Restore => {
                let (outcome, is_intact) = self.store.find(case, self.planted, &mut self.counters);
                if !is_intact {
                    self.oracle.violated(
                        "I5 corrupt never served",
                        format!("case {case} was served corrupt bytes"),
                    );
                }
                if matches!(outcome, RestoreOutcome::Found { .. }) {
                    self.counters.count("documents restored");
                    self.oracle.gates[object].has_lost = true;
                    self.erase_again(case);
                }
                Event::RestoreFinished { request, outcome }
            }
            Question::Archive(snapshot) => {
                let (outcome, shrinks) =
                    self.store
                        .put(case, snapshot, self.planted, &mut self.counters);
                if let Some(shrinks) = shrinks {
                    self.oracle
                        .violated("I4 snapshots grow", format!("case {case}: {shrinks}"));
                }
                if let Some((bytes, _)) = self.store.current(case) {
                    self.oracle.stored(case, bytes);
                }
                Event::ArchiveFinished { request, outcome }
            }
            Question::Check => Event::CheckFinished {
                request,
                outcome: self.store.summary(case),
            },
            Question::Ruling => {
                self.counters.count("rulings asked for");
                let ruling = self.grants.ruling(self.now, case);
                Event::RulingAnswered {
                    request,
                    outcome: RulingOutcome::Told(ruling),
                }
            }
            Question::Delete => {
                self.counters.count("deletions reported again");
                self.store.delete(case);
                Event::DeletionReported {
                    request,
                    confirmed: true,
                }
            }
        }
    }

    /// Delivers what waits in the outbox to the objects that the edge would wake: the newest of each case.
    pub(crate) fn deliver_orders(&mut self) {
        self.after(1_000, Happening::Outbox);
        if !self.host_is_up || self.now < self.host_paused_until {
            return;
        }
        self.send_rulings();
        self.look_for_erased();
        let orders: Vec<((usize, Order), u64)> =
            self.store.outbox.iter().map(|(k, v)| (*k, *v)).collect();
        for ((case, order), revision) in orders {
            if self.is_storm && self.random.percent(30) {
                continue;
            }
            let Some(object) = self.objects.iter().position(|object| object.case == case) else {
                continue;
            };
            let life = self.objects[object].life;
            let is_done = match order {
                Order::Check => {
                    self.step(object, Event::CheckOrdered);
                    true
                }
                Order::Delete => {
                    self.step(object, Event::DeletionOrdered);
                    let status = self.objects[object].status();
                    status.is_some_and(|status| status.state == "deleted")
                }
                Order::Erase => self.order_erasure(object),
            };
            let is_alive = self.objects[object].life == life;
            if is_alive && is_done && self.store.outbox.get(&(case, order)) == Some(&revision) {
                self.store.outbox.remove(&(case, order));
            }
        }
    }
}

/// The answer to a question that came to nothing, as far as its asker can tell.
pub(crate) fn failure(request: RequestId, question: &Question, reason: &str) -> Event {
    let reason = reason.to_owned();
    match question {
        Question::Restore => Event::RestoreFinished {
            request,
            outcome: RestoreOutcome::Failed { reason },
        },
        Question::Archive(_) => Event::ArchiveFinished {
            request,
            outcome: ArchiveOutcome::Failed { reason },
        },
        Question::Check => Event::CheckFinished {
            request,
            outcome: CheckOutcome::Failed { reason },
        },
        Question::Ruling => Event::RulingAnswered {
            request,
            outcome: RulingOutcome::Failed { reason },
        },
        Question::Delete => Event::DeletionReported {
            request,
            confirmed: false,
        },
    }
}

fn name(question: &Question) -> &'static str {
    match question {
        Question::Restore => "for the snapshot",
        Question::Archive(_) => "to archive",
        Question::Check => "which version is stored",
        Question::Delete => "to delete",
        Question::Ruling => "who may do what",
    }
}
