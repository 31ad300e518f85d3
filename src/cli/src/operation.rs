//! Planning for a command: configuration, variables, state and providers brought together.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::SystemTime;

use groma_config::Config;
use groma_diag::{Diagnostics, SourceMap};
use groma_engine::{Cancel, Directives, Factories, Options, Plan, PlanInput, PlanMode, plan};
use groma_render::schemas::Schemas;
use groma_state::Stored;

use crate::args::{OperationArgs, PlanningArgs};
use crate::commands::Invocation;
use crate::error::CommandError;
use crate::follow::Follower;
use crate::project::Project;
use crate::providers;
use crate::store::StateAccess;
use crate::terminal::Terminal;
use crate::variables;

/// What a command asks for.
pub struct Request<'a> {
    /// How to plan, with what, under which lock.
    pub args: &'a OperationArgs,
    /// `plan`, `apply`, `destroy`, `refresh`.
    pub command: &'static str,
    /// Whether imports may lack a resource block.
    pub generate_config: bool,
}

/// Everything that a plan is made from, ready.
pub struct Operation<'a> {
    request: &'a Request<'a>,
    invocation: &'a Invocation,
    project: Project,
    factories: Factories,
    schemas: Schemas,
    options: Options,
    access: StateAccess,
    follower: Arc<Follower>,
    cancel: Cancel,
    warnings: Diagnostics,
}

impl<'a> Operation<'a> {
    /// Reads the configuration and the values of variables, and opens the state.
    ///
    /// # Errors
    /// Any of them cannot be read, or says something wrong.
    pub fn prepare(
        request: &'a Request<'a>,
        invocation: &'a Invocation,
        saved: Option<&Plan>,
        follower: Arc<Follower>,
    ) -> Result<Self, CommandError> {
        let args = &request.args.planning;
        let wrong = |found| CommandError::from(found).with_help(request.command);
        let mode = args.mode().map_err(wrong)?;
        let targets = args.targets().map_err(wrong)?;
        let force_replace = args.replacements().map_err(wrong)?;
        args.check(mode)?;
        providers::begin(invocation);
        let project = match saved {
            Some(plan) => Project::of_plan(plan, invocation)?,
            None => Project::load(invocation)?,
        };
        if saved.is_none() && project.is_empty() && mode != PlanMode::Destroy {
            return Err(no_configuration());
        }
        crate::backend::refuse(&project.config)?;
        let mut warnings = project.warnings.clone();
        let asking = args.input && !args.json && invocation.env.allows_input();
        let (values, problems) = match saved {
            Some(plan) => variables::again(&project, &request.args.vars, invocation, plan),
            None => variables::gather(&project, &request.args.vars, invocation, asking)?,
        };
        warnings.extend(problems);
        if warnings.has_errors() {
            return Err(warnings.into());
        }
        let factories = providers::serving(invocation, &project)?;
        let schemas = invocation.block_on(providers::schemas(&factories, |_| true))?;
        if saved.is_none() {
            warnings.extend(validated(invocation, &project, &factories)?);
            if warnings.has_errors() {
                return Err(warnings.into());
            }
        }
        let options = Options {
            mode,
            targets,
            force_replace,
            refresh: args.refresh,
            variables: values,
            parallelism: args.parallelism.map(usize::from),
            timestamp: SystemTime::now(),
            generate_config: request.generate_config,
        };
        let access = StateAccess::of_project(invocation, &project)?;
        warnings.extend(invocation.block_on(access.unfinished())?);
        Ok(Self {
            request,
            invocation,
            factories,
            project,
            schemas,
            options,
            access,
            follower,
            cancel: Cancel::new(),
            warnings,
        })
    }

    /// Makes the plan, under the state's lock.
    ///
    /// # Errors
    /// The state cannot be locked or read. What is wrong with the plan is in the plan.
    pub async fn plan(&self) -> Result<Plan, CommandError> {
        self.listen();
        let operation = format!("OperationType{}", title(self.request.command));
        self.access
            .locked(&self.request.args.lock, &operation, |_lock| async {
                let stored = self.access.read_silently().await?;
                Ok(self.plan_against(stored.as_ref()).await)
            })
            .await
    }

    /// Takes Ctrl-C as a request to end, from now on.
    pub fn listen(&self) {
        crate::interrupt::listen(&self.cancel, self.invocation.terminal);
    }

    /// Makes the plan against a state; the caller has the lock.
    pub async fn plan_against(&self, stored: Option<&Stored>) -> Plan {
        plan(PlanInput {
            config: &self.project.config,
            source: &self.project.source,
            state: stored,
            providers: &self.factories,
            options: &self.options,
            directives: &Directives::default(),
            workspace: &self.access.key.workspace,
            commit: self.project.commit.as_deref(),
            home: self.invocation.env.get("HOME"),
            events: &*self.follower,
            cancel: &self.cancel,
        })
        .await
    }

    /// How to plan.
    pub fn planning(&self) -> &PlanningArgs {
        &self.request.args.planning
    }

    /// Schemas, for showing plans.
    pub fn schemas(&self) -> &Schemas {
        &self.schemas
    }

    /// Files, for showing diagnostics.
    pub fn sources(&self) -> &Arc<SourceMap> {
        &self.invocation.sources
    }

    /// What was found while preparing.
    pub fn warnings(&self) -> Diagnostics {
        self.warnings.clone()
    }

    /// The state.
    pub fn access(&self) -> &StateAccess {
        &self.access
    }

    /// How the run is followed.
    pub fn follower(&self) -> &Arc<Follower> {
        &self.follower
    }

    /// Ends the run early.
    pub fn cancel(&self) -> &Cancel {
        &self.cancel
    }

    /// Where to write.
    pub fn terminal(&self) -> Terminal {
        self.invocation.terminal
    }

    /// Values of the ephemeral variables, which no plan keeps.
    pub fn ephemeral_variables(&self, config: &Config) -> Variables {
        let root = config.root();
        let is_ephemeral = |name: &groma_addr::Ident| {
            root.and_then(|root| root.variables.get(name)).is_some_and(|v| v.ephemeral)
        };
        let all = self.options.variables.iter();
        all.filter(|(name, _)| is_ephemeral(name)).map(|(k, v)| (k.clone(), v.clone())).collect()
    }

    /// What makes providers.
    pub fn factories(&self) -> &Factories {
        &self.factories
    }
}

/// What is wrong with a configuration whatever there is already: it is found before anything is
/// read or opened, in what a plan would not come to as well.
fn validated(
    invocation: &Invocation,
    project: &Project,
    factories: &Factories,
) -> Result<Diagnostics, CommandError> {
    invocation.block_on(async {
        Ok(groma_engine::validate(&project.config, &project.source, factories).await)
    })
}

fn no_configuration() -> CommandError {
    CommandError::new(
        "No configuration files",
        "Plan requires configuration to be present. Planning without a configuration would mark \
         everything for destruction, which is normally not what is desired. If you would like to \
         destroy everything, run plan with the -destroy option. Otherwise, create a Terraform \
         configuration file (.tf file) and try again.",
    )
}

fn title(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

/// By name, for those who only want the values.
pub type Variables = BTreeMap<groma_addr::Ident, groma_engine::VariableValue>;
