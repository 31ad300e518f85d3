//! `time_offset`: a moment some way from another.

use std::sync::Arc;

use async_trait::async_trait;
use groma_provider_api::native::{Amend, Checks, Clock, Object, ResourceType, Rules};
use groma_provider_api::{
    ApplyRequest, Attribute, PlanRequest, Planned, ProviderDiagnostics, Schema,
};
use groma_time::Timestamp;
use groma_value::{Type, Value};

use crate::base::{
    Step, caused, check_timestamp, computed, count, error, import_count, moment, no_triggers,
    parse, set_moment, shown, step, timestamp, triggers,
};

/// Each way to go, the strongest last.
const STEPS: [(&str, Step); 6] = [
    ("offset_days", Step::Seconds(86_400)),
    ("offset_hours", Step::Seconds(3_600)),
    ("offset_minutes", Step::Seconds(60)),
    ("offset_months", Step::Months(1)),
    ("offset_seconds", Step::Seconds(1)),
    ("offset_years", Step::Months(12)),
];
/// The same, in the order of import ids.
const PARTS: [&str; 6] = [
    "offset_years",
    "offset_months",
    "offset_days",
    "offset_hours",
    "offset_minutes",
    "offset_seconds",
];
const BASE: &str = "base_rfc3339";

/// The resource type.
pub(crate) struct TimeOffset {
    clock: Arc<dyn Clock>,
    schema: Schema,
}

impl TimeOffset {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        let base = Attribute::new(Type::String).optional().computed();
        let attributes = [
            (BASE, base.describe("Where to start from. When it was created, unless set.")),
            ("triggers", triggers()),
            ("rfc3339", computed("The moment.")),
            ("id", computed("The same as `base_rfc3339`.")),
        ];
        let offsets = STEPS.map(|(name, _)| (name, count("How far to go, in these units.")));
        let attributes = attributes.into_iter().chain(offsets).chain(moment());
        Self { clock, schema: Schema::of("A moment some way from another.", attributes) }
    }
}

/// Sets everything that follows from the base and the offsets.
fn settle(object: &mut Object, base: Timestamp, summary: &str) -> Result<(), ProviderDiagnostics> {
    let moment = step(object, &STEPS, base)
        .map_err(|problem| caused(summary, "The offset leads too far.", &problem))?;
    set_moment(object, moment);
    object.set("rfc3339", shown(moment));
    object.set(BASE, shown(base));
    object.set("id", shown(base));
    Ok(())
}

/// Shows in a plan what a change of the offsets leads to.
fn foresee(plan: &mut Amend<'_>) {
    const SUMMARY: &str = "Update time offset error";
    let Some(prior) = plan.prior else { return };
    let same = |(name, _): &(&str, Step)| prior.get(name).raw_equals(&plan.planned.get(name));
    let known = STEPS.iter().all(|(name, _)| plan.planned.is_known(name));
    if STEPS.iter().all(same) || !known || !plan.config.is_known(BASE) {
        return;
    }
    let from = if plan.planned.is_known(BASE) { &*plan.planned } else { prior };
    let settled =
        timestamp(from, BASE, SUMMARY).and_then(|base| settle(plan.planned, base, SUMMARY));
    plan.diagnostics.extend(settled.err().unwrap_or_default());
}

#[async_trait]
impl ResourceType for TimeOffset {
    fn name(&self) -> &'static str {
        "time_offset"
    }

    fn schema(&self) -> Schema {
        self.schema.clone()
    }

    fn is_pure(&self) -> bool {
        true
    }

    fn validate(&self, config: &Value) -> ProviderDiagnostics {
        let checks = Checks::new(config).whole(&PARTS).at_least_one_of(&[
            "offset_seconds",
            "offset_minutes",
            "offset_hours",
            "offset_days",
            "offset_months",
            "offset_years",
        ]);
        check_timestamp(checks, BASE).done()
    }

    fn plan(&self, request: PlanRequest) -> Planned {
        Rules::new().replace(&["triggers"]).plan_with(&self.schema.block, &request, foresee)
    }

    async fn create(&self, request: ApplyRequest) -> Result<Value, ProviderDiagnostics> {
        const SUMMARY: &str = "Create time offset error";
        let mut object = Object::new(&request.planned);
        let base = match object.str(BASE) {
            None | Some("") => Timestamp::from_system(self.clock.now()),
            Some(_) => timestamp(&object, BASE, SUMMARY)?,
        };
        settle(&mut object, base, SUMMARY)?;
        Ok(object.into_value())
    }

    async fn update(&self, request: ApplyRequest) -> Result<Value, ProviderDiagnostics> {
        const SUMMARY: &str = "Update time offset error";
        let mut object = Object::new(&request.planned);
        let prior = Object::new(&request.prior);
        let from = if object.is_known(BASE) { &object } else { &prior };
        let base = timestamp(from, BASE, SUMMARY)?;
        settle(&mut object, base, SUMMARY)?;
        Ok(object.into_value())
    }

    async fn import(&self, id: &str) -> Result<Value, ProviderDiagnostics> {
        const SUMMARY: &str = "Import time offset error";
        const FORMAT: &str = "expected BASETIMESTAMP,YEARS,MONTHS,DAYS,HOURS,MINUTES,SECONDS";
        let parts: Vec<&str> = id.split(',').collect();
        let format = |more: &str| {
            let detail = format!("Unexpected format of ID ({id:?}), {FORMAT}{more}");
            error("Unexpected Format of ID", detail)
        };
        let [base, offsets @ ..] = parts.as_slice() else { return Err(format("")) };
        if offsets.len() != PARTS.len() {
            return Err(format(""));
        }
        if base.is_empty() || offsets.iter().all(|part| part.is_empty()) {
            return Err(format(" where at least one offset value is non-empty"));
        }
        let mut object = Object::default();
        for (name, text) in PARTS.iter().zip(offsets) {
            object.set(name, import_count(text, name, SUMMARY)?);
        }
        let base = parse(base, "base_rfc3339 timestamp", SUMMARY)?;
        settle(&mut object, base, SUMMARY)?;
        object.set("triggers", no_triggers());
        Ok(object.into_value())
    }
}
