//! What is being done to objects: when it began, and that it goes on.

use std::collections::{HashMap, VecDeque};
use std::pin::pin;
use std::time::Duration;

use tokio::time::Instant;

use crate::event::IdValue;
use crate::graph::Id;
use crate::{Event, Events, ObjectId, Operation};

/// How often it is told that an operation goes on.
const REMINDER: Duration = Duration::from_secs(10);

/// The operations under way, by the node and the part that they belong to.
///
/// Each is due to be told of again a fixed time after it began, or after it was last told of; so a
/// queue keeps them in order. What has ended is dropped from its front.
#[derive(Default)]
pub(crate) struct Underway {
    running: HashMap<(Id, usize), Doing>,
    due: VecDeque<(Instant, (Id, usize))>,
}

struct Doing {
    object: ObjectId,
    operation: Operation,
    id: IdValue,
    since: Instant,
}

impl Underway {
    /// An operation begins. `id` is what tells the object apart as it was.
    pub(crate) fn start(
        &mut self,
        at: (Id, usize),
        object: ObjectId,
        operation: Operation,
        id: IdValue,
        events: &dyn Events,
    ) {
        let since = Instant::now();
        self.drop_ended();
        self.due.push_back((since + REMINDER, at));
        events.emit(Event::ApplyStart { object: object.clone(), operation, id: id.clone() });
        self.running.insert(at, Doing { object, operation, id, since });
    }

    /// An operation ends: well, with what tells the object apart by now, or not. Gives what it was,
    /// if it had begun.
    pub(crate) fn end(
        &mut self,
        at: (Id, usize),
        now: Option<IdValue>,
        events: &dyn Events,
    ) -> Option<Operation> {
        let Doing { object, operation, since, .. } = self.running.remove(&at)?;
        let elapsed = since.elapsed();
        events.emit(match now {
            Some(id) => Event::ApplyDone { object, operation, id, elapsed },
            None => Event::ApplyErrored { object, operation, elapsed },
        });
        Some(operation)
    }

    /// When there is something to be told of again.
    pub(crate) fn due(&mut self) -> Option<Instant> {
        self.drop_ended();
        self.due.front().map(|(due, _)| *due)
    }

    /// Tells of what still goes on.
    pub(crate) fn remind(&mut self, events: &dyn Events) {
        let now = Instant::now();
        while let Some((_, at)) = self.due.pop_front_if(|(due, _)| *due <= now) {
            let Some(Doing { object, operation, id, since }) = self.running.get(&at) else {
                continue;
            };
            events.emit(Event::ApplyProgress {
                object: object.clone(),
                operation: *operation,
                id: id.clone(),
                elapsed: now.duration_since(*since),
            });
            self.due.push_back((now + REMINDER, at));
        }
    }

    fn drop_ended(&mut self) {
        while self.due.pop_front_if(|(_, at)| !self.running.contains_key(at)).is_some() {}
    }
}

/// Waits for work that stands alone, and tells meanwhile for how long it has gone on.
pub(crate) async fn reminded<F: Future>(work: F, mut tell: impl FnMut(Duration)) -> F::Output {
    let mut work = pin!(work);
    let since = Instant::now();
    let mut due = since + REMINDER;
    loop {
        tokio::select! {
            biased;
            done = &mut work => return done,
            () = tokio::time::sleep_until(due) => {
                tell(since.elapsed());
                due += REMINDER;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn work_that_stands_alone_is_told_of() {
        let check = async |seconds: u64, expected: &[u64]| {
            let mut told = Vec::new();
            let work = tokio::time::sleep(Duration::from_secs(seconds));
            reminded(work, |elapsed| told.push(elapsed.as_secs())).await;
            assert_eq!(told, expected);
        };
        check(9, &[]).await;
        check(35, &[10, 20, 30]).await;
    }
}
