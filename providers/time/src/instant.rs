//! `time_static`: a moment that stays.

use std::sync::Arc;

use async_trait::async_trait;
use groma_provider_api::native::{Amend, Checks, Clock, Object, ResourceType, Rules};
use groma_provider_api::{
    ApplyRequest, Attribute, PlanRequest, Planned, ProviderDiagnostics, Schema,
};
use groma_time::Timestamp;
use groma_value::{Type, Value};

use crate::base::{computed, moment, no_triggers, parse, set_moment, shown, timestamp, triggers};

/// The resource type.
pub(crate) struct TimeStatic {
    clock: Arc<dyn Clock>,
    schema: Schema,
}

impl TimeStatic {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        let rfc3339 = Attribute::new(Type::String).optional().computed();
        let attributes = [
            ("triggers", triggers()),
            ("rfc3339", rfc3339.describe("The moment. When it was created, unless set.")),
            ("id", computed("The same as `rfc3339`.")),
        ];
        let attributes = attributes.into_iter().chain(moment());
        Self { clock, schema: Schema::of("A moment that stays.", attributes) }
    }
}

#[async_trait]
impl ResourceType for TimeStatic {
    fn name(&self) -> &'static str {
        "time_static"
    }

    fn schema(&self) -> Schema {
        self.schema.clone()
    }

    fn is_pure(&self) -> bool {
        true
    }

    fn validate(&self, config: &Value) -> ProviderDiagnostics {
        let mut checks = Checks::new(config);
        let text = checks.config().str("rfc3339").map(str::to_owned);
        if let Some((text, problem)) =
            text.and_then(|text| Timestamp::parse(&text).err().map(|problem| (text, problem)))
        {
            let detail = format!(
                "A string value was provided that is not valid RFC3339 string format.\n\nGiven \
                 Value: {text}\nError: {problem}"
            );
            checks.error("rfc3339", "Invalid RFC3339 String Value", detail);
        }
        checks.done()
    }

    fn plan(&self, request: PlanRequest) -> Planned {
        let rules = Rules::new().keep(&["id"]).replace(&["triggers", "rfc3339"]);
        rules.plan_with(&self.schema.block, &request, |plan: &mut Amend<'_>| {
            let known = plan.planned.str("rfc3339").and_then(|text| Timestamp::parse(text).ok());
            if let (None, Some(moment)) = (plan.prior, known) {
                set_moment(plan.planned, moment);
                plan.planned.set("id", plan.planned.get("rfc3339"));
            }
        })
    }

    async fn create(&self, request: ApplyRequest) -> Result<Value, ProviderDiagnostics> {
        let mut object = Object::new(&request.planned);
        let moment = if object.str("rfc3339").is_some() {
            timestamp(&object, "rfc3339", "Create time static error")?
        } else {
            let now = Timestamp::from_system(self.clock.now());
            object.set("rfc3339", shown(now));
            now
        };
        set_moment(&mut object, moment);
        object.set("id", object.get("rfc3339"));
        Ok(object.into_value())
    }

    async fn import(&self, id: &str) -> Result<Value, ProviderDiagnostics> {
        let moment = parse(id, "id", "Import time static error")?;
        let mut object = Object::default();
        set_moment(&mut object, moment);
        object.set("rfc3339", shown(moment));
        object.set("id", shown(moment));
        object.set("triggers", no_triggers());
        Ok(object.into_value())
    }
}
