//! `time_rotating`: a moment that is given up for a new one once some time has passed.

use std::sync::Arc;

use async_trait::async_trait;
use groma_provider_api::native::{Amend, Checks, Clock, Object, ResourceType, Rules};
use groma_provider_api::{
    ApplyRequest, Attribute, ObjectState, PlanRequest, Planned, ProviderDiagnostics, Schema,
};
use groma_time::Timestamp;
use groma_value::{Path, Type, Value};

use crate::base::{
    Step, caused, check_timestamp, computed, count, error, import_count, moment, no_triggers,
    parse, set_moment, shown, step, timestamp, triggers,
};

/// Each way to rotate but the one below, the strongest last.
const STEPS: [(&str, Step); 4] = [
    ("rotation_days", Step::Seconds(86_400)),
    ("rotation_hours", Step::Seconds(3_600)),
    ("rotation_minutes", Step::Seconds(60)),
    ("rotation_months", Step::Months(1)),
];
/// Stronger than even [`ROTATION`].
const YEARS: [(&str, Step); 1] = [("rotation_years", Step::Months(12))];
/// When to rotate, told as it is.
const ROTATION: &str = "rotation_rfc3339";
/// The counts, in the order of import ids.
const PARTS: [&str; 5] =
    ["rotation_years", "rotation_months", "rotation_days", "rotation_hours", "rotation_minutes"];

/// The resource type.
pub(crate) struct TimeRotating {
    clock: Arc<dyn Clock>,
    schema: Schema,
}

impl TimeRotating {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        let string = || Attribute::new(Type::String).optional().computed();
        let attributes = [
            ("rfc3339", string().describe("Where to start from. When it was created, unless set.")),
            (ROTATION, string().describe("When to rotate.")),
            ("triggers", triggers()),
            ("id", computed("The same as `rfc3339`.")),
        ];
        let rotations = PARTS.map(|name| (name, count("When to rotate, in these units.")));
        let attributes = attributes.into_iter().chain(rotations).chain(moment());
        let description = "A moment that is given up for a new one once some time has passed.";
        Self { clock, schema: Schema::of(description, attributes) }
    }

    /// Whether it is time to rotate.
    fn is_over(&self, object: &Object) -> Result<bool, ProviderDiagnostics> {
        if object.str(ROTATION).is_none_or(str::is_empty) {
            return Ok(false);
        }
        let rotation = timestamp(object, ROTATION, "Read time rotating error")?;
        Ok(Timestamp::from_system(self.clock.now()).unix() > rotation.unix())
    }
}

/// Sets everything that follows from the base and the rotation.
fn settle(object: &mut Object, base: Timestamp, summary: &str) -> Result<(), ProviderDiagnostics> {
    let far = |problem| caused(summary, "The rotation leads too far.", &problem);
    let set = |name: &str| object.int(name).is_some_and(|count| count != 0);
    let rotation = if set(YEARS[0].0) {
        step(object, &YEARS, base).map_err(far)?
    } else if object.str(ROTATION).is_some_and(|text| !text.is_empty()) {
        timestamp(object, ROTATION, summary)?
    } else {
        step(object, &STEPS, base).map_err(far)?
    };
    set_moment(object, rotation);
    object.set(ROTATION, shown(rotation));
    object.set("rfc3339", shown(base));
    object.set("id", shown(base));
    Ok(())
}

/// Shows in a plan what a change of the rotation leads to.
fn foresee(plan: &mut Amend<'_>) {
    const SUMMARY: &str = "Update time rotating error";
    let Some(prior) = plan.prior else { return };
    let mut rotations = PARTS.iter().chain([&ROTATION]);
    let same = rotations.all(|name| prior.get(name).raw_equals(&plan.planned.get(name)));
    let mut configured = PARTS.iter().chain(&["rfc3339", ROTATION]);
    if same || !configured.all(|name| plan.config.is_known(name)) {
        return;
    }
    let from = if plan.planned.is_known("rfc3339") { &*plan.planned } else { prior };
    let settled =
        timestamp(from, "rfc3339", SUMMARY).and_then(|base| settle(plan.planned, base, SUMMARY));
    plan.diagnostics.extend(settled.err().unwrap_or_default());
}

#[async_trait]
impl ResourceType for TimeRotating {
    fn name(&self) -> &'static str {
        "time_rotating"
    }

    fn schema(&self) -> Schema {
        self.schema.clone()
    }

    fn is_pure(&self) -> bool {
        true
    }

    fn validate(&self, config: &Value) -> ProviderDiagnostics {
        let checks = Checks::new(config).whole(&PARTS).at_least_one_of(&[
            "rotation_minutes",
            "rotation_hours",
            "rotation_days",
            "rotation_months",
            "rotation_years",
            ROTATION,
        ]);
        let checks = PARTS.iter().fold(checks, |checks, name| checks.at_least(name, 1));
        check_timestamp(check_timestamp(checks, "rfc3339"), ROTATION).done()
    }

    /// Gone once it is time to rotate, so that a new one is planned.
    async fn read(&self, prior: ObjectState) -> Result<ObjectState, ProviderDiagnostics> {
        if self.is_over(&Object::new(&prior.value))? {
            return Ok(ObjectState { value: Value::null(prior.value.ty()), ..prior });
        }
        Ok(prior)
    }

    fn plan(&self, request: PlanRequest) -> Planned {
        let rules = Rules::new().replace(&["rfc3339", "triggers"]);
        let mut planned = rules.plan_with(&self.schema.block, &request, foresee);
        // Without a refresh, it has not been noticed yet that it is time.
        let prior = Object::new(&request.prior);
        let after = planned.value.as_ref().and_then(|value| value.attr(ROTATION));
        let changes = after.is_some_and(|after| !after.raw_equals(&prior.get(ROTATION)));
        match self.is_over(&prior) {
            Ok(over) if over && changes => {
                planned.requires_replace.push(Path::new().attr(ROTATION));
            }
            Ok(_) => {}
            Err(diagnostics) => planned.diagnostics.extend(diagnostics),
        }
        planned
    }

    async fn create(&self, request: ApplyRequest) -> Result<Value, ProviderDiagnostics> {
        const SUMMARY: &str = "Create time rotating error";
        let mut object = Object::new(&request.planned);
        let base = match object.str("rfc3339") {
            None | Some("") => Timestamp::from_system(self.clock.now()),
            Some(_) => timestamp(&object, "rfc3339", SUMMARY)?,
        };
        settle(&mut object, base, SUMMARY)?;
        Ok(object.into_value())
    }

    async fn update(&self, request: ApplyRequest) -> Result<Value, ProviderDiagnostics> {
        const SUMMARY: &str = "Update time rotating error";
        let mut object = Object::new(&request.planned);
        let prior = Object::new(&request.prior);
        let from = if object.is_known("rfc3339") { &object } else { &prior };
        let base = timestamp(from, "rfc3339", SUMMARY)?;
        settle(&mut object, base, SUMMARY)?;
        Ok(object.into_value())
    }

    async fn import(&self, id: &str) -> Result<Value, ProviderDiagnostics> {
        const SUMMARY: &str = "Import time rotating error";
        let format = |expected: &str| {
            let detail = format!("Unexpected format of ID ({id:?}), expected {expected}");
            error("Unexpected Format of ID", detail)
        };
        let parts: Vec<&str> = id.split(',').collect();
        let mut object = Object::default();
        for name in PARTS {
            object.set(name, Value::null(Type::Number));
        }
        let base = match parts[..] {
            [base, rotation] => {
                if base.is_empty() || rotation.is_empty() {
                    return Err(format("BASETIMESTAMP,ROTATIONTIMESTAMP"));
                }
                object.set(ROTATION, shown(parse(rotation, "timestamp", SUMMARY)?));
                base
            }
            [base, ref counts @ ..] if counts.len() == PARTS.len() => {
                if base.is_empty() || counts.iter().all(|part| part.is_empty()) {
                    return Err(format(
                        "BASETIMESTAMP,YEARS,MONTHS,DAYS,HOURS,MINUTES where at least one rotation \
                         value is non-empty",
                    ));
                }
                for (name, text) in PARTS.iter().zip(counts) {
                    object.set(name, import_count(text, name, SUMMARY)?);
                }
                base
            }
            _ => {
                return Err(format(
                    "BASETIMESTAMP,YEARS,MONTHS,DAYS,HOURS,MINUTES or \
                     BASETIMESTAMP,ROTATIONTIMESTAMP",
                ));
            }
        };
        settle(&mut object, parse(base, "timestamp", SUMMARY)?, SUMMARY)?;
        object.set("triggers", no_triggers());
        Ok(object.into_value())
    }
}
