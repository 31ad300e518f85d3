//! The services that go-plugin has beside the provider's.

use futures_util::StreamExt as _;
use tokio::sync::watch;
use tonic::{Request, Response, Status, Streaming};
use tonic_prost::ProstCodec;

use super::Answer;
use super::service::unary;
use crate::proto;

/// Ends the server when the client asks for it, and holds its streams open until then.
#[derive(Clone)]
pub(super) struct Control {
    end: watch::Sender<bool>,
}

impl Control {
    pub(super) fn new(end: watch::Sender<bool>) -> Self {
        Self { end }
    }

    /// Tells when the server is to end.
    pub(super) fn ended(&self) -> watch::Receiver<bool> {
        self.end.subscribe()
    }

    /// Answers what is asked of go-plugin; `provider` answers everything else.
    pub(super) async fn answer(
        self,
        request: super::Request,
        provider: impl Answer,
    ) -> super::Response {
        match request.uri().path() {
            "/plugin.GRPCController/Shutdown" => {
                let end = async move |_: proto::Empty| {
                    self.end.send_replace(true);
                    Ok(proto::Empty {})
                };
                unary(request, end).await
            }
            // Nothing is brokered, and standard output and error are the process's own: these have
            // nothing to say, but clients take their end for the plugin's.
            "/plugin.GRPCBroker/StartStream" | "/plugin.GRPCStdio/StreamStdio" => {
                silent(request, self.ended()).await
            }
            "/grpc.health.v1.Health/Check" => {
                let status = proto::Serving::Serving.into();
                unary(request, async move |_: proto::Empty| Ok(proto::Health { status })).await
            }
            _ => provider.answer(request).await,
        }
    }
}

/// A stream on which nothing is said until the server ends.
async fn silent(request: super::Request, ended: watch::Receiver<bool>) -> super::Response {
    let say_nothing = tower::service_fn(move |_: Request<Streaming<proto::Empty>>| {
        let mut ended = ended.clone();
        let until_the_end = async move {
            // It cannot fail before the server is gone.
            let _ = ended.wait_for(|ended| *ended).await;
            Vec::<Result<proto::Empty, Status>>::new()
        };
        let stream = futures_util::stream::once(until_the_end).flat_map(futures_util::stream::iter);
        std::future::ready(Ok::<_, Status>(Response::new(stream)))
    });
    let codec = ProstCodec::<proto::Empty, proto::Empty>::default();
    tonic::server::Grpc::new(codec).streaming(say_nothing, request).await
}
