//! Answers that are replaced, calls that are held.

use std::sync::Arc;

use groma_value::Value;
use tokio::sync::{Semaphore, mpsc};

use super::{Scripted, lock};
use crate::{
    Answer, ApplyOutcome, ApplyRequest, EphemeralResult, Imported, MoveRequest, ObjectState,
    PlanRequest, Planned, Private, ProviderDiagnostics, ReadRequest, Upgraded,
};

/// Given a call's name, its request and the answer so far, gives the answer.
type Script<Q, A> = Arc<dyn Fn(&str, &Q, A) -> A + Send + Sync>;
/// Each takes the answer of the one before it.
type Steps<Q, A> = Vec<Script<Q, A>>;

/// All answers that are replaced.
#[derive(Default)]
pub(super) struct Scripts {
    pub(super) validate: Steps<Value, ProviderDiagnostics>,
    pub(super) configure: Steps<Value, ProviderDiagnostics>,
    pub(super) upgrade: Steps<u64, Answer<Upgraded>>,
    pub(super) read: Steps<ReadRequest, Answer<ObjectState>>,
    pub(super) plan: Steps<PlanRequest, Planned>,
    pub(super) apply: Steps<ApplyRequest, ApplyOutcome>,
    pub(super) import: Steps<str, Answer<Vec<Imported>>>,
    pub(super) moved: Steps<MoveRequest, Answer<ObjectState>>,
    pub(super) data: Steps<Value, Answer<Value>>,
    pub(super) open: Steps<Value, Answer<EphemeralResult>>,
    pub(super) renew: Steps<Private, Answer<EphemeralResult>>,
    pub(super) close: Steps<Private, ProviderDiagnostics>,
    gates: Vec<Hold>,
}

/// Defines methods that add a script.
macro_rules! scripts {
    ($($method:ident $field:ident $request:ty => $answer:ty: $about:literal;)*) => {
        impl Scripted {
            $(
                #[doc = concat!("Replaces answers to ", $about, ": given the call's name as in ")]
                /// [`calls`](Scripted::calls), the request, and the answer so far.
                pub fn $method(
                    &self,
                    script: impl Fn(&str, &$request, $answer) -> $answer + Send + Sync + 'static,
                ) {
                    lock(&self.0.scripts).$field.push(Arc::new(script));
                }
            )*
        }
    };
}

scripts! {
    on_validate validate Value => ProviderDiagnostics: "the check of a resource's configuration, whose name is the resource's";
    on_configure configure Value => ProviderDiagnostics: "being configured";
    on_upgrade upgrade u64 => Answer<Upgraded>: "the upgrade of stored attributes";
    on_read read ReadRequest => Answer<ObjectState>: "the reading of an object";
    on_plan plan PlanRequest => Planned: "the planning of a change";
    on_apply apply ApplyRequest => ApplyOutcome: "the making of a change; the world has it already";
    on_import import str => Answer<Vec<Imported>>: "the import of an object";
    on_move moved MoveRequest => Answer<ObjectState>: "an object's move from another type";
    on_data data Value => Answer<Value>: "the reading of data";
    on_open open Value => Answer<EphemeralResult>: "the opening of an ephemeral resource";
    on_renew renew Private => Answer<EphemeralResult>: "the renewal of an ephemeral resource";
    on_close close Private => ProviderDiagnostics: "the closing of an ephemeral resource";
}

/// Holds calls on their way in, until they are let through.
pub struct Gate {
    entered: mpsc::UnboundedReceiver<String>,
    places: Arc<Semaphore>,
}

struct Hold {
    prefix: String,
    entered: mpsc::UnboundedSender<String>,
    places: Arc<Semaphore>,
}

impl Gate {
    /// Waits for the next call that comes to the gate; gives its name.
    pub async fn entered(&mut self) -> String {
        self.entered.recv().await.expect("the provider is there")
    }

    /// Lets one call through, now or when it comes.
    pub fn pass(&self) {
        self.places.add_permits(1);
    }

    /// Lets all calls through from now on.
    pub fn open(&self) {
        self.places.close();
    }
}

/// How many effects are under way, and the most that ever were.
#[derive(Default)]
pub(super) struct Flight {
    now: usize,
    most: usize,
}

/// An effect under way.
pub(super) struct Flying(Scripted);

impl Drop for Flying {
    fn drop(&mut self) {
        lock(&self.0.0.flight).now -= 1;
    }
}

impl Scripted {
    /// Holds calls whose names begin with `prefix`. They are in the log from when they come.
    pub fn gate(&self, prefix: &str) -> Gate {
        let (sender, entered) = mpsc::unbounded_channel();
        let places = Arc::new(Semaphore::new(0));
        let hold = Hold { prefix: prefix.to_owned(), entered: sender, places: Arc::clone(&places) };
        lock(&self.0.scripts).gates.push(hold);
        Gate { entered, places }
    }

    /// The most effects that were ever under way at once.
    pub fn most_at_once(&self) -> usize {
        lock(&self.0.flight).most
    }

    pub(super) fn take_off(&self) -> Flying {
        let mut flight = lock(&self.0.flight);
        flight.now += 1;
        flight.most = flight.most.max(flight.now);
        Flying(self.clone())
    }

    /// Notes a call, and waits until it may go on.
    pub(super) async fn enter(&self, call: &str) {
        self.note(call);
        let gates: Vec<Arc<Semaphore>> = {
            let scripts = lock(&self.0.scripts);
            let holding = scripts.gates.iter().filter(|gate| call.starts_with(&gate.prefix));
            holding
                .map(|gate| {
                    // A test that does not wait for calls has dropped its end.
                    gate.entered.send(call.to_owned()).ok();
                    Arc::clone(&gate.places)
                })
                .collect()
        };
        for gate in gates {
            // An error is a gate that stands open.
            if let Ok(place) = gate.acquire().await {
                place.forget();
            }
        }
    }

    /// The answer, after all scripts.
    pub(super) fn answered<Q: ?Sized, A>(
        &self,
        of: impl FnOnce(&Scripts) -> &Steps<Q, A>,
        call: &str,
        request: &Q,
        answer: A,
    ) -> A {
        let steps = of(&lock(&self.0.scripts)).clone();
        steps.iter().fold(answer, |answer, step| step(call, request, answer))
    }
}
