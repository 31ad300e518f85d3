//! Walks a graph in the order of its edges, doing as much at once as may be.
//!
//! All decisions are made on one thread, by a [`Stage`] that owns its results: no locks, and no
//! context shared between nodes. What has to wait is a [`Job`], a future that owns its inputs and
//! returns its answer. A job that needs no waiting (a resource type in process) ends at its first
//! poll, with no task; the others become tasks of their own, which nothing drops.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::Cancel;

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
        /// Whether it has no effect outside, so that any number may be under way.
        pure: bool,
        /// The job.
        job: Job<A>,
    },
}

/// What is done at each node.
pub(crate) trait Stage {
    /// What jobs return.
    type Answer: Send + 'static;

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
    /// Parts that wait for a free place, or for their node's turn.
    parts: VecDeque<(NodeIndex, std::ops::Range<usize>)>,
    /// Jobs that wait for a free place, having ended their first one.
    held: VecDeque<(NodeIndex, usize, Job<S::Answer>)>,
    /// Whether a node was not begun that could have been.
    left: bool,
    /// Impure jobs under way.
    busy: usize,
    /// All jobs under way.
    tasks: usize,
    parallelism: usize,
    results: mpsc::UnboundedSender<Ended<S::Answer>>,
}

/// A job that ended: whose, whether it was pure, and its answer if it did not panic.
type Ended<A> = (NodeIndex, usize, bool, Result<A, String>);

/// Walks `graph`, whose edges go from what comes first to what depends on it.
pub(crate) async fn walk<S: Stage, N, E>(
    graph: &DiGraph<N, E>,
    stage: &mut S,
    parallelism: usize,
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
    let parallelism = parallelism.max(1);
    let mut walk = Walk {
        graph,
        stage,
        progress,
        ready,
        parts: VecDeque::new(),
        held: VecDeque::new(),
        left: false,
        busy: 0,
        tasks: 0,
        parallelism,
        results,
    };
    let mut told = false;
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
        let due = walk.stage.due();
        tokio::select! {
            answer = answers.recv() => {
                let Some((node, part, pure, answer)) = answer else { return Walked::Whole };
                walk.tasks -= 1;
                walk.busy -= usize::from(!pure);
                walk.settle(node, part, answer);
            }
            () = cancel.raised(stopping) => {
                if cancel.is_stopping_now() {
                    return Walked::Cancelled;
                }
            }
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
        !self.left && self.ready.is_empty() && self.parts.is_empty() && self.held.is_empty()
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
            if self.busy < self.parallelism
                && let Some((node, part, job)) = self.held.pop_front()
            {
                self.run(node, part, false, job);
            } else if self.busy < self.parallelism
                && let Some((node, mut range)) = self.parts.pop_front()
            {
                let part = range.next();
                if !range.is_empty() {
                    self.parts.push_front((node, range));
                }
                if let Some(part) = part {
                    let next = self.stage.start(node, part);
                    self.follow(node, part, next);
                }
            } else if let Some(node) = self.ready.pop_front() {
                self.begin(node);
            } else {
                return;
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
                self.parts.push_back((node, 0..parts));
            }
        }
    }

    fn follow(&mut self, node: NodeIndex, part: usize, next: Next<S::Answer>) {
        match next {
            Next::Done => self.part_ended(node, true),
            Next::Failed => self.part_ended(node, false),
            Next::Job { pure, job } => {
                if pure || self.busy < self.parallelism {
                    self.run(node, part, pure, job);
                } else {
                    self.held.push_back((node, part, job));
                }
            }
        }
    }

    /// Polls a job once, and makes a task of it if that is not enough.
    fn run(&mut self, node: NodeIndex, part: usize, pure: bool, mut job: Job<S::Answer>) {
        if let Poll::Ready(answer) = job.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            let next = self.stage.answer(node, part, answer);
            self.follow(node, part, next);
            return;
        }
        self.tasks += 1;
        self.busy += usize::from(!pure);
        let results = self.results.clone();
        let task = tokio::spawn(job);
        tokio::spawn(async move {
            let answer = task.await.map_err(|error| error.to_string());
            // Nobody listens any more after a hard stop; the job has saved what it did.
            drop(results.send((node, part, pure, answer)));
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
