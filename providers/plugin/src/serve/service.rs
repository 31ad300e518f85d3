//! Calls, told by their paths.

use std::sync::Arc;

use groma_provider_api::{Capabilities, Provider};
use prost::Message;
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;

use super::Answer;
use super::provider::Served;
use crate::proto::Empty;
use crate::rpc::{LARGEST_MESSAGE, Method};

/// One instance of a provider, whose client configures it at most once.
#[derive(Clone)]
pub struct Service(Arc<Served>);

impl Service {
    /// Of a provider that can do so much.
    pub fn new(provider: Arc<dyn Provider>, capabilities: Capabilities) -> Self {
        Self(Arc::new(Served::new(provider, capabilities)))
    }
}

impl Answer for Service {
    async fn answer(&self, request: super::Request) -> super::Response {
        let path = request.uri().path();
        let Some(method) = Method::at(path) else {
            return Status::unimplemented(format!("there is no {path}")).into_http();
        };
        let served = Arc::clone(&self.0);
        match method {
            Method::GetMetadata => unary(request, |_: Empty| served.metadata()).await,
            Method::GetProviderSchema => unary(request, |_: Empty| served.provider_schema()).await,
            Method::GetFunctions => unary(request, |_: Empty| served.functions()).await,
            Method::GetResourceIdentitySchemas => {
                unary(request, |_: Empty| served.identity_schemas()).await
            }
            Method::ValidateProviderConfig => unary(request, |q| served.validate(q)).await,
            Method::ValidateResourceConfig => unary(request, |q| served.validate_resource(q)).await,
            Method::ValidateDataResourceConfig => unary(request, |q| served.validate_data(q)).await,
            Method::ValidateEphemeralResourceConfig => {
                unary(request, |q| served.validate_ephemeral(q)).await
            }
            Method::ConfigureProvider => unary(request, |q| served.configure(q)).await,
            Method::UpgradeResourceState => unary(request, |q| served.upgrade(q)).await,
            Method::UpgradeResourceIdentity => unary(request, |q| served.upgrade_identity(q)).await,
            Method::ReadResource => unary(request, |q| served.read(q)).await,
            Method::PlanResourceChange => unary(request, |q| served.plan(q)).await,
            Method::ApplyResourceChange => unary(request, |q| served.apply(q)).await,
            Method::ImportResourceState => unary(request, |q| served.import(q)).await,
            Method::MoveResourceState => unary(request, |q| served.move_state(q)).await,
            Method::ReadDataSource => unary(request, |q| served.read_data(q)).await,
            Method::OpenEphemeralResource => unary(request, |q| served.open(q)).await,
            Method::RenewEphemeralResource => unary(request, |q| served.renew(q)).await,
            Method::CloseEphemeralResource => unary(request, |q| served.close(q)).await,
            Method::CallFunction => unary(request, |q| served.call(q)).await,
            Method::StopProvider => unary(request, |_: Empty| served.stop()).await,
        }
    }
}

/// Answers a call of one request and one answer. The work is done to its end, whether or not the
/// client still waits for it: half a change is worse than one that nobody hears of.
pub(super) async fn unary<Q, A, F>(
    request: super::Request,
    work: impl FnOnce(Q) -> F + Send,
) -> super::Response
where
    Q: Message + Default + 'static,
    A: Message + 'static,
    F: Future<Output = Result<A, Status>> + Send + 'static,
{
    let mut work = Some(work);
    let service = tower::service_fn(|request: Request<Q>| {
        let work = work.take().map(|work| tokio::spawn(work(request.into_inner())));
        async {
            // Called once, as there is one request.
            let work = work.ok_or_else(|| Status::internal("asked twice"))?;
            let answer = work.await.map_err(|error| Status::internal(error.to_string()))?;
            Ok(Response::new(answer?))
        }
    });
    tonic::server::Grpc::new(ProstCodec::<A, Q>::default())
        .max_decoding_message_size(LARGEST_MESSAGE)
        .max_encoding_message_size(LARGEST_MESSAGE)
        .unary(service, request)
        .await
}
