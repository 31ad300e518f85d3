//! What every plugin serves beside its provider: go-plugin's own services, and gRPC's health.

use std::collections::HashMap;
use std::time::Duration;

use http::uri::PathAndQuery;
use tonic::{Code, Request, Status};
use tonic_prost::ProstCodec;

use crate::process::Output;
use crate::proto;
use crate::rpc::Client;

/// A plugin that has not said by then that it serves does not.
const PING: Duration = Duration::from_secs(5);

impl Client {
    /// Asks the plugin to end (go-plugin `GRPCController`). It may end before it has answered,
    /// which is as good as an answer.
    pub(crate) async fn shut_down(&self) {
        let path = PathAndQuery::from_static("/plugin.GRPCController/Shutdown");
        let _: Result<proto::Empty, Status> = self.unary(path, proto::Empty {}).await;
    }

    /// Whether the plugin serves (go-plugin `Ping`). Frameworks without the service are taken to.
    pub(crate) async fn is_serving(&self) -> bool {
        let path = PathAndQuery::from_static("/grpc.health.v1.Health/Check");
        let check = proto::HealthCheck { service: "plugin".to_owned() };
        match tokio::time::timeout(PING, self.unary(path, check)).await {
            Ok(Ok(proto::Health { status })) => status == i32::from(proto::Serving::Serving),
            Ok(Err(status)) => status.code() == Code::Unimplemented,
            Err(_) => false,
        }
    }

    /// Takes what the plugin prints after its handshake, until it ends (go-plugin `GRPCStdio`). A
    /// plugin that nobody listens to waits when its pipe is full. It answers nothing, not even
    /// that it will, until it has something to say.
    pub(crate) async fn follow(self, output: Output) {
        let path = PathAndQuery::from_static("/plugin.GRPCStdio/StreamStdio");
        let mut grpc = self.grpc();
        if grpc.ready().await.is_err() {
            return;
        }
        let codec = ProstCodec::<proto::Empty, proto::Printed>::default();
        let request = Request::new(proto::Empty {});
        // Those who do not have it print for themselves.
        let Ok(answer) = grpc.server_streaming(request, path, codec).await else { return };
        let mut pieces = answer.into_inner();
        let mut begun: HashMap<i32, Vec<u8>> = HashMap::new();
        while let Ok(Some(proto::Printed { channel, data })) = pieces.message().await {
            output.pieces(begun.entry(channel).or_default(), &data);
        }
        for rest in begun.into_values() {
            output.line(&rest);
        }
    }
}
