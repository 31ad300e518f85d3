//! Ephemeral values and resources: what must not outlive a run.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::SystemTime;

use groma_addr::{Mode, ResourceInstance};
use groma_config::ResourceBlock;
use groma_diag::{Diagnostic, Diagnostics, Span};
use groma_lang::syntax::Body;
use groma_provider_api::{
    Answer, AttributeDiagnostic, EphemeralResult, Private, Provider, ProviderDiagnostics,
    has_errors,
};
use groma_value::{Marks, PathStep, Value};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::instance::path::attribute_at;
use crate::instance::sound::conforms;
use crate::pool::TypeSchema;
use crate::report::{argument, located};
use crate::underway::reminded;
use crate::{Event, Events, ObjectId, Operation};

/// Complains of ephemeral values in a block that are not given to write-only arguments.
pub(crate) fn misplaced(
    block: &ResourceBlock,
    value: &Value,
    schema: &TypeSchema,
    address: &str,
) -> Diagnostics {
    let mut diags = Diagnostics::new();
    if block.addr.mode == Mode::Ephemeral || !value.marks_deep().ephemeral() {
        return diags;
    }
    for (path, marks) in value.unmark_deep_with_paths().1 {
        let allowed = attribute_at(&schema.schema.block, &path).is_some_and(|a| a.write_only);
        if !marks.ephemeral() || allowed {
            continue;
        }
        let place = argument(&block.body, &path.0).or(Some(block.span));
        let Some(PathStep::Attr(name)) = path.0.first() else { continue };
        let name = name.as_str();
        diags.push(
            Diagnostic::error(
                "Invalid use of ephemeral value",
                format!(
                    "Ephemeral values are not valid for {name:?}, because it is not a write-only \
                     attribute and must be persisted to state."
                ),
            )
            .at_opt(place)
            .about(address),
        );
    }
    diags
}

/// What opening an ephemeral resource gave.
pub(crate) struct OpenAnswer {
    provider: Arc<dyn Provider>,
    addr: ResourceInstance,
    config: Value,
    schema: Arc<TypeSchema>,
    result: Result<EphemeralResult, ProviderDiagnostics>,
    warnings: ProviderDiagnostics,
}

/// Opens an ephemeral resource with what its block says.
pub(crate) async fn open(
    provider: Arc<dyn Provider>,
    addr: ResourceInstance,
    config: Value,
    schema: Arc<TypeSchema>,
) -> OpenAnswer {
    let ty = Arc::clone(&addr.resource.ty);
    let plain = config.unmark_deep().0;
    let mut warnings = provider.validate_ephemeral(&ty, &plain).await;
    let failed = has_errors(&warnings);
    let result = if failed { Err(Vec::new()) } else { provider.open(&ty, &plain).await };
    let result = result.map(|opened| {
        warnings.extend(opened.warnings);
        opened.answer
    });
    let result = result.and_then(|opened| match conforms(&opened.value, &schema.ty) {
        Ok(()) if opened.value.is_wholly_known() => Ok(opened),
        _ => Err(vec![AttributeDiagnostic::error(
            "Provider produced invalid ephemeral resource instance",
            format!(
                "The provider gave a value for {addr} that is not of its schema or not known. This \
                 is a bug in the provider, which should be reported in the provider's own issue \
                 tracker."
            ),
        )]),
    });
    OpenAnswer { provider, addr, config, schema, result, warnings }
}

/// The ephemeral resources that are open, each kept so until all are closed.
pub(crate) struct Opened {
    kept: Vec<Kept>,
    /// What their keepers tell of.
    told: mpsc::UnboundedReceiver<Event>,
    tell: mpsc::UnboundedSender<Event>,
}

struct Kept {
    addr: ResourceInstance,
    place: (Option<Body>, Span),
    close: oneshot::Sender<()>,
    keeper: JoinHandle<ProviderDiagnostics>,
}

impl Default for Opened {
    fn default() -> Self {
        let (tell, told) = mpsc::unbounded_channel();
        Self { kept: Vec::new(), told, tell }
    }
}

impl Opened {
    /// Takes in what opening gave, and keeps it open. Gives the value, as others see it.
    pub(crate) fn take(
        &mut self,
        answer: OpenAnswer,
        block: &ResourceBlock,
    ) -> (Option<Value>, Diagnostics) {
        let OpenAnswer { provider, addr, config, schema, result, mut warnings } = answer;
        let value = match result {
            Ok(opened) => {
                let EphemeralResult { value, private, renew_at } = opened;
                let (close, closed) = oneshot::channel();
                let keeper = Keeper { provider, addr: addr.clone(), tell: self.tell.clone() };
                let keeper = tokio::spawn(keeper.keep(private, renew_at, closed));
                let place = (Some(block.body.clone()), block.span);
                self.kept.push(Kept { addr: addr.clone(), place, close, keeper });
                let marks = config.unmark_deep_with_paths().1;
                let value = schema.mark_sensitive(value.mark_with_paths(&marks));
                Some(value.with_marks(Marks::EPHEMERAL))
            }
            Err(found) => {
                warnings.extend(found);
                None
            }
        };
        let address = addr.to_string();
        (value, located(warnings, Some(&block.body), Some(block.span), &address))
    }

    /// Passes on what keepers have told so far, and has the task woken when they tell more.
    pub(crate) fn listen(&mut self, context: &mut Context<'_>, events: &dyn Events) {
        while let Poll::Ready(Some(event)) = self.told.poll_recv(context) {
            events.emit(event);
        }
    }

    /// Closes all, the last one opened first.
    pub(crate) async fn close(&mut self, events: &dyn Events) -> Diagnostics {
        let mut diags = Diagnostics::new();
        while let Some(Kept { addr, place: (body, span), close, keeper }) = self.kept.pop() {
            while let Ok(event) = self.told.try_recv() {
                events.emit(event);
            }
            let object = ObjectId { addr: Arc::new(addr.clone()), deposed: None };
            let operation = Operation::Close;
            events.emit(Event::ApplyStart { object: object.clone(), operation, id: None });
            let start = tokio::time::Instant::now();
            // A keeper that listens no more has failed, which its answer says.
            close.send(()).ok();
            let tell = |elapsed| {
                let object = object.clone();
                events.emit(Event::ApplyProgress { object, operation, id: None, elapsed });
            };
            let found = reminded(keeper, tell).await.unwrap_or_else(|error| {
                vec![AttributeDiagnostic::error(
                    "Failed to close ephemeral resource",
                    format!("Closing {addr} ended unexpectedly: {error}."),
                )]
            });
            let elapsed = start.elapsed();
            events.emit(if has_errors(&found) {
                Event::ApplyErrored { object, operation, elapsed }
            } else {
                Event::ApplyDone { object, operation, id: None, elapsed }
            });
            diags.extend(located(found, body.as_ref(), Some(span), &addr.to_string()));
        }
        diags
    }
}

/// What keeps an ephemeral resource open.
struct Keeper {
    provider: Arc<dyn Provider>,
    addr: ResourceInstance,
    tell: mpsc::UnboundedSender<Event>,
}

impl Keeper {
    /// Renews the resource whenever that is due, and closes it when told to.
    async fn keep(
        self,
        mut private: Private,
        mut renew_at: Option<SystemTime>,
        mut closed: oneshot::Receiver<()>,
    ) -> ProviderDiagnostics {
        let mut problems = Vec::new();
        while let Some(due) = renew_at {
            let wait = due.duration_since(SystemTime::now()).unwrap_or_default();
            tokio::select! {
                biased;
                _ = &mut closed => {
                    problems.extend(self.close(private).await);
                    return problems;
                }
                () = tokio::time::sleep(wait) => {}
            }
            match self.renew(&private).await {
                Ok(renewed) => {
                    problems.extend(renewed.warnings);
                    private = renewed.answer.private;
                    renew_at = renewed.answer.renew_at;
                }
                Err(found) => {
                    problems.extend(found);
                    renew_at = None;
                }
            }
        }
        // An end without a word is one, too.
        closed.await.ok();
        problems.extend(self.close(private).await);
        problems
    }

    async fn close(&self, private: Private) -> ProviderDiagnostics {
        self.provider.close(&self.addr.resource.ty, private).await
    }

    async fn renew(&self, private: &Private) -> Answer<EphemeralResult> {
        let object = ObjectId { addr: Arc::new(self.addr.clone()), deposed: None };
        let operation = Operation::Renew;
        // Nobody listens any more after a hard stop.
        let tell = |event| drop(self.tell.send(event));
        tell(Event::ApplyStart { object: object.clone(), operation, id: None });
        let start = tokio::time::Instant::now();
        let goes_on = |elapsed| {
            let object = object.clone();
            tell(Event::ApplyProgress { object, operation, id: None, elapsed });
        };
        let renewed = self.provider.renew(&self.addr.resource.ty, Arc::clone(private));
        let renewed = reminded(renewed, goes_on).await;
        let elapsed = start.elapsed();
        tell(match renewed {
            Ok(_) => Event::ApplyDone { object, operation, id: None, elapsed },
            Err(_) => Event::ApplyErrored { object, operation, elapsed },
        });
        renewed
    }
}
