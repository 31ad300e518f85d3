//! Provisioners: after an object is made, before it is destroyed.

use std::sync::Arc;

use groma_addr::{InstanceKey, ResourceInstance};
use groma_config::{OnFailure, Provisioner, ProvisionerWhen, ResourceBlock};
use groma_diag::Diagnostic;
use groma_eval::{FrameId, Frames, KeyData};
use groma_state::{Change, DeposedKey, Object, ObjectStatus, StateError};
use groma_value::{Marks, Value};

use super::make::object_change;
use super::{Answer, Applier};
use crate::provision::{Command, Provision, command};
use crate::walk::Job;
use crate::{Event, Events, InstanceChange, ObjectId, ProvisionedStatus};

/// A provisioner ready to run.
pub(super) struct Step {
    ty: Arc<str>,
    command: Command,
    on_failure: OnFailure,
    span: groma_diag::Span,
}

/// How the provisioners of a new object ended: well, which is what the change in the state says.
pub(crate) type Provisioned = Result<Change, NotProvisioned>;

/// Why a new object stays tainted.
pub(crate) enum NotProvisioned {
    /// A provisioner failed.
    Failed(Diagnostic),
    /// The state could not be written.
    Store(StateError),
}

impl Applier<'_> {
    /// The provisioners of an instance, with their arguments.
    pub(super) fn steps(
        &mut self,
        provisioners: &[Provisioner],
        when: ProvisionerWhen,
        frame: FrameId,
        keys: &KeyData,
        this: &Value,
    ) -> Option<Vec<Step>> {
        let mut steps = Vec::new();
        for provisioner in provisioners.iter().filter(|p| p.when == when) {
            let (command, diags) = {
                let scope = self.eval.scope(frame).keyed(keys).with_self(this);
                command(provisioner, &scope)
            };
            if !self.report_all(diags) {
                return None;
            }
            steps.push(Step {
                ty: Arc::clone(&provisioner.ty),
                command: command?,
                on_failure: provisioner.on_failure,
                span: provisioner.body.missing_item_span(),
            });
        }
        Some(steps)
    }

    /// What runs the provisioners that follow the making of an object. The state has it as
    /// tainted, and does from now on unless all goes well.
    pub(super) fn provision(
        &self,
        steps: Vec<Step>,
        change: &InstanceChange,
        made: Object,
    ) -> Job<Answer> {
        let (runner, events) = (Arc::clone(&self.provisioners), Arc::clone(&self.events));
        let run = Arc::clone(&self.run);
        let addr = change.addr.clone();
        let object = Object { status: ObjectStatus::Ready, ..made };
        let ready = object_change(&addr, None, change, Some(object));
        Box::pin(async move {
            let result = match run_all(&*runner, &*events, &addr, &steps).await {
                Err(diagnostic) => Err(NotProvisioned::Failed(diagnostic)),
                Ok(()) => match run.record(vec![ready.clone()]).await {
                    Ok(()) => Ok(ready),
                    Err(error) => Err(NotProvisioned::Store(error)),
                },
            };
            Answer::Provisioned(result)
        })
    }

    /// The provisioners to run before an object is destroyed; `None` if something is wrong. None
    /// for an object that was set aside, or whose making failed.
    pub(super) fn steps_before_destroy(
        &mut self,
        change: &InstanceChange,
        deposed: Option<DeposedKey>,
        old: &Object,
    ) -> Option<Vec<Step>> {
        if deposed.is_some() || old.is_tainted() {
            return Some(Vec::new());
        }
        let resource = change.addr.containing().config();
        let block = self.graph.find_resource(&resource).and_then(|(module, at)| {
            let entry = self.graph.module(module);
            entry.module.resources.get(entry.names.resources.get(at as usize)?)
        });
        let removed = crate::planning::removed(self.config, &resource);
        let provisioners = match (block, removed) {
            (Some(ResourceBlock { provisioners, .. }), _) => provisioners.clone(),
            (None, Some(removed)) => removed.provisioners.clone(),
            (None, None) => Vec::new(),
        };
        if provisioners.is_empty() {
            return Some(Vec::new());
        }
        let frame = self.eval.frames.find(&change.addr.module).unwrap_or(Frames::ROOT);
        let keys = match &change.addr.key {
            InstanceKey::None => KeyData::NONE,
            InstanceKey::Int(index) => KeyData::count(*index),
            InstanceKey::Str(key) => {
                KeyData { each_key: Some(Value::string(&**key)), ..KeyData::NONE }
            }
        };
        let before = change.before.clone();
        self.steps(&provisioners, ProvisionerWhen::Destroy, frame, &keys, &before)
    }
}

/// Runs provisioners one after another, until one fails and that matters.
pub(super) async fn run_all(
    runner: &dyn Provision,
    events: &dyn Events,
    addr: &ResourceInstance,
    steps: &[Step],
) -> Result<(), Diagnostic> {
    let object = ObjectId { addr: Arc::new(addr.clone()), deposed: None };
    for step in steps {
        let (object, provisioner) = (object.clone(), Arc::clone(&step.ty));
        events.emit(Event::ProvisionStart {
            object: object.clone(),
            provisioner: Arc::clone(&provisioner),
        });
        let line = |line: String| {
            let (object, provisioner) = (object.clone(), Arc::clone(&provisioner));
            let line = withheld(step.command.marks).unwrap_or(line);
            events.emit(Event::ProvisionOutput { object, provisioner, line });
        };
        let result = runner.local_exec(&step.command, &line).await;
        let status = match &result {
            Ok(()) => ProvisionedStatus::Done,
            Err(_) => ProvisionedStatus::Errored,
        };
        events.emit(Event::ProvisionDone { object: object.clone(), provisioner, status });
        let Err(error) = result else { continue };
        // Where the configuration says to go on, the event is all that is told of it.
        if step.on_failure == OnFailure::Fail {
            let summary = format!("{} provisioner error", step.ty);
            let diagnostic = Diagnostic::error(summary, error);
            return Err(diagnostic.at(step.span).about(addr.to_string()));
        }
    }
    Ok(())
}

/// What is shown in place of a line that a command with such values writes.
fn withheld(marks: Marks) -> Option<String> {
    let kinds = match (marks.sensitive(), marks.ephemeral()) {
        (true, true) => "sensitive, ephemeral",
        (true, false) => "sensitive",
        (false, true) => "ephemeral",
        (false, false) => return None,
    };
    Some(format!("(output suppressed due to {kinds} value in config)"))
}
