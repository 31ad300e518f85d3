//! Walks a graph in the order of its edges, doing as much at once as may be.
//!
//! All decisions are made on one thread, by a [`Stage`] that owns its results: no locks, and no
//! context shared between nodes. What has to wait is a [`Job`], a future that owns its inputs and
//! returns its answer. A job that needs no waiting (a resource type in process) ends at its first
//! poll, with no task; the others become tasks of their own, which nothing drops.
//!
//! What may be under way at once is limited by *lane*: a provider configuration each, since each
//! has a cloud of its own to be gentle with, and one for commands on this machine. Whoever asked
//! for a limit gets it over all lanes besides.

mod lanes;

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};
use tokio::sync::mpsc;
use tokio::time::Instant;

use self::lanes::Lanes;
use crate::Cancel;

/// How many commands run at once: as many as with Terraform, whose users' scripts know no other.
const COMMANDS: usize = 10;

/// How long is waited for what is under way once it is to end now.
const LAST_WAIT: Duration = Duration::from_secs(2);

/// Work that may have to wait.
pub(crate) type Job<A> = Pin<Box<dyn Future<Output = A> + Send>>;

/// What a node has to do.
pub(crate) enum Begin {
    /// Nothing more.
    Done,
    /// It failed; what depends on it is skipped.
    Failed,
    /// This many parts, which do not depend on one another. A part may fail by itself.
    Parts(usize),
}

/// What a part has to do next.
pub(crate) enum Next<A> {
    /// Nothing more.
    Done,
    /// It failed, and with it its node.
    Failed,
    /// To wait for a job.
    Job {
        /// What it takes.
        load: Load,
        /// The job.
        job: Job<A>,
    },
}

/// What a job takes as long as it is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Load {
    /// Nothing outside, so that any number may be under way.
    None,
    /// A place in the lane of its node.
    Call,
    /// A place among the commands on this machine.
    Command,
}

impl Load {
    /// Of a call that is `pure` or not.
    pub(crate) const fn of(pure: bool) -> Self {
        if pure { Self::None } else { Self::Call }
    }
}

/// What is done at each node.
pub(crate) trait Stage {
    /// What jobs return.
    type Answer: Send + 'static;

    /// How many lanes there are.
    fn lanes(&self) -> usize;

    /// The lane of a node that has parts.
    fn lane(&self, node: NodeIndex) -> usize;

    /// How many calls of a lane may be under way at once, by what is known now. At least one.
    fn room(&self, lane: usize) -> usize;

    /// Everything that the node depends on is done.
    fn begin(&mut self, node: NodeIndex) -> Begin;

    /// A part may start.
    fn start(&mut self, node: NodeIndex, part: usize) -> Next<Self::Answer>;

    /// A part's job has ended.
    fn answer(&mut self, node: NodeIndex, part: usize, answer: Self::Answer) -> Next<Self::Answer>;

    /// All parts of the node have ended. Gives whether what depends on it may go on.
    fn end(&mut self, node: NodeIndex, ok: bool) -> bool;

    /// The walk was asked to end early: nothing more is begun but what only
    /// [evaluates](Self::evaluates).
    fn stopping(&mut self) {}

    /// It was asked to end now: soon nobody will wait for what is under way any more.
    fn stopping_now(&mut self) {}

    /// Whether a node only works out values of what is there, and waits for nothing.
    fn evaluates(&self, _node: NodeIndex) -> bool {
        false
    }

    /// When [`remind`](Self::remind) is to be called, if nothing ends before.
    fn due(&mut self) -> Option<Instant> {
        None
    }

    /// Jobs take their time.
    fn remind(&mut self) {}

    /// Nothing is left to do but to wait for jobs. What else there is to hear of is passed on, and
    /// the task woken when there is more.
    fn listen(&mut self, _context: &mut Context<'_>) {}

    /// A part's job ended without an answer.
    fn lost(&mut self, node: NodeIndex, part: usize, error: &str);

    /// The node is not begun, since something that it depends on failed.
    fn skip(&mut self, _node: NodeIndex) {}
}

/// How a walk ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Walked {
    /// Every node was ended or skipped.
    Whole,
    /// Cancelled: some nodes were not begun.
    Cancelled,
}

/// The state of a node during the walk.
#[derive(Clone, Default)]
struct Progress {
    /// Dependencies that have not ended.
    waiting: usize,
    /// Parts that have not ended.
    open: usize,
    /// Whether a part failed.
    failed: bool,
    /// Whether a dependency failed.
    blocked: bool,
}

struct Walk<'a, S: Stage, N, E> {
    graph: &'a DiGraph<N, E>,
    stage: &'a mut S,
    progress: Vec<Progress>,
    ready: VecDeque<NodeIndex>,
    lanes: Lanes<Waiting<S::Answer>>,
    /// Whether a node was not begun that could have been.
    left: bool,
    /// All jobs under way.
    tasks: usize,
    results: mpsc::UnboundedSender<Ended<S::Answer>>,
}

/// What waits for a place.
enum Waiting<A> {
    /// Parts of a node.
    Parts(NodeIndex, std::ops::Range<usize>),
    /// A job of a part that has ended another.
    Job(NodeIndex, usize, Load, Job<A>),
}

/// A job that ended: whose, the lane in which it had a place, and its answer if it did not panic.
type Ended<A> = (NodeIndex, usize, Option<usize>, Result<A, String>);

/// Walks `graph`, whose edges go from what comes first to what depends on it. At most `most` calls
/// and commands are under way at once, if somebody asked for that.
pub(crate) async fn walk<S: Stage, N, E>(
    graph: &DiGraph<N, E>,
    stage: &mut S,
    most: Option<usize>,
    cancel: &Cancel,
) -> Walked {
    let (results, mut answers) = mpsc::unbounded_channel();
    let mut progress = vec![Progress::default(); graph.node_count()];
    let mut ready = VecDeque::new();
    for node in graph.node_indices() {
        let waiting = graph.neighbors_directed(node, Direction::Incoming).count();
        progress[node.index()].waiting = waiting;
        if waiting == 0 {
            ready.push_back(node);
        }
    }
    let lanes = Lanes::new(stage.lanes() + 1, most);
    let mut walk = Walk { graph, stage, progress, ready, lanes, left: false, tasks: 0, results };
    let mut told = false;
    let mut given_up = None;
    loop {
        let stopping = cancel.is_stopping();
        if stopping {
            if !told {
                told = true;
                walk.stage.stopping();
            }
            walk.wind_down();
        } else {
            walk.advance();
        }
        if walk.tasks == 0 {
            return if stopping && !walk.is_finished() { Walked::Cancelled } else { Walked::Whole };
        }
        if cancel.is_stopping_now() && given_up.is_none() {
            walk.stage.stopping_now();
            given_up = Some(Instant::now() + LAST_WAIT);
        }
        let due = walk.stage.due();
        tokio::select! {
            answer = answers.recv() => {
                let Some((node, part, lane, answer)) = answer else { return Walked::Whole };
                walk.tasks -= 1;
                walk.lanes.leave(lane);
                walk.settle(node, part, answer);
            }
            () = reached(given_up) => return Walked::Cancelled,
            () = cancel.raised(stopping), if given_up.is_none() => {}
            () = reached(due) => walk.stage.remind(),
            () = std::future::poll_fn(|context| { walk.stage.listen(context); Poll::Pending }) => {}
        }
    }
}

/// Ends at a moment; never, if there is none.
async fn reached(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

impl<S: Stage, N, E> Walk<'_, S, N, E> {
    fn is_finished(&self) -> bool {
        !self.left && self.ready.is_empty() && self.lanes.is_empty()
    }

    /// Works out what follows from what was done.
    fn wind_down(&mut self) {
        while let Some(node) = self.ready.pop_front() {
            let evaluates = self.stage.evaluates(node);
            self.left |= !evaluates;
            if evaluates || self.progress[node.index()].blocked {
                self.begin(node);
            }
        }
    }

    /// Does everything that can be done without waiting.
    fn advance(&mut self) {
        loop {
            let (stage, commands) = (&*self.stage, self.lanes.last());
            let room = |lane| if lane == commands { COMMANDS } else { stage.room(lane) };
            match self.lanes.next(room) {
                Some((_, Waiting::Job(node, part, load, job))) => self.run(node, part, load, job),
                Some((turn, Waiting::Parts(node, mut range))) => {
                    let part = range.next();
                    if !range.is_empty() {
                        let lane = self.stage.lane(node);
                        self.lanes.wait_on(lane, turn, Waiting::Parts(node, range));
                    }
                    if let Some(part) = part {
                        let next = self.stage.start(node, part);
                        self.follow(node, part, next);
                    }
                }
                None => match self.ready.pop_front() {
                    Some(node) => self.begin(node),
                    None => return,
                },
            }
        }
    }

    fn begin(&mut self, node: NodeIndex) {
        if self.progress[node.index()].blocked {
            self.stage.skip(node);
            self.release(node, false);
            return;
        }
        match self.stage.begin(node) {
            Begin::Failed => self.end(node, false),
            Begin::Done | Begin::Parts(0) => self.end(node, true),
            Begin::Parts(parts) => {
                self.progress[node.index()].open = parts;
                self.lanes.wait(self.stage.lane(node), Waiting::Parts(node, 0..parts));
            }
        }
    }

    fn follow(&mut self, node: NodeIndex, part: usize, next: Next<S::Answer>) {
        match next {
            Next::Done => self.part_ended(node, true),
            Next::Failed => self.part_ended(node, false),
            Next::Job { load, job } => match self.lane_of(node, load) {
                Some(lane) if !self.has_room(lane) => {
                    self.lanes.wait_begun(lane, Waiting::Job(node, part, load, job));
                }
                _ => self.run(node, part, load, job),
            },
        }
    }

    /// The lane in which a job has its place.
    fn lane_of(&self, node: NodeIndex, load: Load) -> Option<usize> {
        match load {
            Load::None => None,
            Load::Call => Some(self.stage.lane(node)),
            Load::Command => Some(self.lanes.last()),
        }
    }

    fn has_room(&self, lane: usize) -> bool {
        let room = if lane == self.lanes.last() { COMMANDS } else { self.stage.room(lane) };
        self.lanes.has_room(lane, room)
    }

    /// Polls a job once, and makes a task of it if that is not enough.
    fn run(&mut self, node: NodeIndex, part: usize, load: Load, mut job: Job<S::Answer>) {
        if let Poll::Ready(answer) = job.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            let next = self.stage.answer(node, part, answer);
            self.follow(node, part, next);
            return;
        }
        self.tasks += 1;
        let lane = self.lane_of(node, load);
        self.lanes.enter(lane);
        let results = self.results.clone();
        let task = tokio::spawn(job);
        tokio::spawn(async move {
            let answer = task.await.map_err(|error| error.to_string());
            // Nobody listens any more after a hard stop; the job has saved what it did.
            drop(results.send((node, part, lane, answer)));
        });
    }

    fn settle(&mut self, node: NodeIndex, part: usize, answer: Result<S::Answer, String>) {
        match answer {
            Ok(answer) => {
                let next = self.stage.answer(node, part, answer);
                self.follow(node, part, next);
            }
            // The job panicked: a defect, which must not take the others down.
            Err(error) => {
                self.stage.lost(node, part, &error);
                self.part_ended(node, false);
            }
        }
    }

    fn part_ended(&mut self, node: NodeIndex, ok: bool) {
        let progress = &mut self.progress[node.index()];
        progress.failed |= !ok;
        progress.open = progress.open.saturating_sub(1);
        if progress.open == 0 {
            let ok = !progress.failed;
            self.end(node, ok);
        }
    }

    fn end(&mut self, node: NodeIndex, ok: bool) {
        let ok = self.stage.end(node, ok);
        self.release(node, ok);
    }

    /// Lets what depends on the node go on, or be skipped: before anything else that could, so that
    /// what was begun is brought to its end. An object that is destroyed to be made anew is not
    /// gone for longer than need be.
    fn release(&mut self, node: NodeIndex, ok: bool) {
        for dependent in self.graph.neighbors_directed(node, Direction::Outgoing) {
            let progress = &mut self.progress[dependent.index()];
            progress.blocked |= !ok;
            progress.waiting -= 1;
            if progress.waiting == 0 {
                self.ready.push_front(dependent);
            }
        }
    }
}
