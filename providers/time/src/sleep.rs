//! `time_sleep`: waits when created, and when destroyed.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use groma_provider_api::native::{Checks, Clock, Object, ResourceType, Rules};
use groma_provider_api::{
    ApplyRequest, Attribute, PlanRequest, Planned, ProviderDiagnostics, Recovered, Schema,
};
use groma_time::{Timestamp, parse_duration};
use groma_value::{Str, Type, Value};
use tokio::sync::Notify;

use crate::base::{caused, computed, error, shown, triggers};

/// The resource type. Not pure: it takes its time.
pub(crate) struct TimeSleep {
    clock: Arc<dyn Clock>,
    schema: Schema,
    /// Wakes those that wait now, not those that come later.
    stopped: Notify,
}

const CREATE: &str = "create_duration";
const DESTROY: &str = "destroy_duration";

impl TimeSleep {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        let duration = || Attribute::new(Type::String).optional();
        let schema = Schema::of(
            "Waits when created, and when destroyed.",
            [
                (CREATE, duration().describe("How long to wait when created: `30s`.")),
                (DESTROY, duration().describe("How long to wait when destroyed: `30s`.")),
                ("triggers", triggers()),
                ("id", computed("When it was created.")),
            ],
        );
        Self { clock, schema, stopped: Notify::new() }
    }

    /// Waits as long as `attribute` says.
    async fn wait(
        &self,
        object: &Object,
        attribute: &str,
        summary: &str,
    ) -> Result<(), ProviderDiagnostics> {
        let Some(text) = object.str(attribute).filter(|text| !text.is_empty()) else {
            return Ok(());
        };
        let nanoseconds = parse(text, attribute, summary)?;
        tokio::select! {
            biased;
            () = self.stopped.notified() => {
                Err(caused(summary, "The wait was stopped.", &"context canceled"))
            }
            () = self.clock.sleep(Duration::from_nanos(nanoseconds)) => Ok(()),
        }
    }
}

fn parse(text: &str, attribute: &str, summary: &str) -> Result<u64, ProviderDiagnostics> {
    let what = format!("The {attribute} cannot be parsed");
    let nanoseconds = parse_duration(text).map_err(|e| caused(summary, &what, &e))?;
    // To wait a negative time is not to wait.
    Ok(u64::try_from(nanoseconds).unwrap_or(0))
}

/// `^[0-9]+(\.[0-9]+)?(ms|s|m|h)$`
fn is_plain(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    ["ms", "s", "m", "h"].iter().any(|unit| {
        text.strip_suffix(unit).is_some_and(|number| match number.split_once('.') {
            Some((whole, fraction)) => digits(whole) && digits(fraction),
            None => digits(number),
        })
    })
}

#[async_trait]
impl ResourceType for TimeSleep {
    fn name(&self) -> &'static str {
        "time_sleep"
    }

    fn schema(&self) -> Schema {
        self.schema.clone()
    }

    fn validate(&self, config: &Value) -> ProviderDiagnostics {
        let mut checks = Checks::new(config);
        for (name, other) in [(CREATE, DESTROY), (DESTROY, CREATE)] {
            if checks.config().is_null(name) && checks.config().is_null(other) {
                let detail = format!("At least one attribute out of [{other}] must be specified");
                checks.error(name, "Invalid Attribute Combination", detail);
            }
            if checks.config().str(name).is_some_and(|text| !is_plain(text)) {
                let must = "must be a number immediately followed by ms (milliseconds), s \
                            (seconds), m (minutes), or h (hours). For example, \"30s\" for 30 \
                            seconds.";
                checks.invalid(name, "Invalid Attribute Value Match", must);
            }
        }
        checks.done()
    }

    fn plan(&self, request: PlanRequest) -> Planned {
        Rules::new().keep(&["id"]).replace(&["triggers"]).plan(&self.schema.block, &request)
    }

    async fn create(&self, request: ApplyRequest) -> Result<Value, ProviderDiagnostics> {
        let mut object = Object::new(&request.planned);
        self.wait(&object, CREATE, "Create time sleep error").await?;
        object.set("id", shown(Timestamp::from_system(self.clock.now())));
        Ok(object.into_value())
    }

    async fn delete(&self, request: ApplyRequest) -> Result<(), ProviderDiagnostics> {
        self.wait(&Object::new(&request.prior), DESTROY, "Delete time sleep error").await
    }

    fn stop(&self) {
        self.stopped.notify_waiters();
    }

    /// Waiting leaves nothing behind.
    async fn recover(&self, _lost: &ApplyRequest) -> Result<Recovered, ProviderDiagnostics> {
        Ok(Recovered::Nothing)
    }

    async fn import(&self, id: &str) -> Result<Value, ProviderDiagnostics> {
        const SUMMARY: &str = "Import time sleep error";
        let parts: Vec<&str> = id.split(',').collect();
        let (create, destroy, pairs) = match parts.as_slice() {
            [create, destroy, pairs @ ..] if !(create.is_empty() && destroy.is_empty()) => {
                (create, destroy, pairs)
            }
            _ => {
                return Err(error(
                    "Unexpected Format of ID",
                    format!(
                        "Unexpected format of ID ({id:?}), expected \
                         CREATEDURATION,DESTROYDURATION,KEY=VALUE,KEY=VALUE... where at least one \
                         CREATIONDURATION or DESTROYDURATION value is non-empty"
                    ),
                ));
            }
        };
        let mut object = Object::default();
        for (name, text) in [(CREATE, create), (DESTROY, destroy)] {
            if text.is_empty() {
                object.set(name, Value::null(Type::String));
            } else {
                parse(text, name, SUMMARY)?;
                object.set(name, Value::from(*text));
            }
        }
        let mut entries = Vec::new();
        for pair in pairs {
            let (key, value) = pair
                .split_once('=')
                .filter(|(_, value)| !value.contains('='))
                .ok_or_else(|| {
                    error(
                        "Trigger import error",
                        format!("Trigger import entries must be KEY=VALUE, got {pair}"),
                    )
                })?;
            entries.push((Str::new(key), Value::from(value)));
        }
        let triggers = Type::map(Type::String);
        let none = entries.is_empty();
        object.set(
            "triggers",
            if none { Value::null(triggers) } else { Value::map(Type::String, entries) },
        );
        object.set("id", shown(Timestamp::from_system(self.clock.now())));
        Ok(object.into_value())
    }
}
