//! What names objects, and what modules tell providers of themselves.

use std::sync::{Arc, Mutex};

use groma_provider_api::native::Object;
use groma_state::Identity;
use groma_value::Value;

use crate::world::{World, check, show};

const NAMED: &str = r#"
    resource "fake_named" "a" {
      name  = "a"
      value = "v"
    }
"#;

async fn identity(world: &World) -> String {
    let identity = world.object("fake_named.a").await.identity.expect("an identity");
    format!("{} {}", identity.schema_version, String::from_utf8_lossy(&identity.json))
}

#[tokio::test]
async fn objects_keep_their_names() {
    let mut world = World::new(NAMED);
    world.apply().await;
    assert_eq!(identity(&world).await, r#"1 {"name":"a"}"#);
    // A new name comes with the change that makes it.
    world.write("main.tf", &NAMED.replace("\"a\"\n", "\"b\"\n"));
    world.apply().await;
    assert_eq!(identity(&world).await, r#"1 {"name":"b"}"#);
    // What is done to it outside is seen by the refresh, and is no change to make.
    let plan = world.plan().await;
    check(&show(&plan), "");
}

#[tokio::test]
async fn names_of_an_older_schema_are_upgraded() {
    let world = World::new(NAMED);
    world.apply().await;
    let mut object = world.object("fake_named.a").await;
    object.identity = Some(Identity { schema_version: 0, json: Arc::from(*br#"{"called":"a"}"#) });
    world.record("fake_named.a", object).await;
    world.fake.calls();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sees = Arc::clone(&seen);
    world.fake.on_read(move |_, request, answer| {
        let name = request.prior.identity.as_ref().map(|name| Object::new(name).get("name"));
        sees.lock().unwrap().push(name.as_ref().and_then(Value::as_str).unwrap().to_string());
        answer
    });
    check(&show(&world.plan().await), "");
    assert_eq!(world.fake.calls_of(&["upgrade identity"]), ["upgrade identity 0 a"]);
    assert_eq!(*seen.lock().unwrap(), ["a"]);
}

#[tokio::test]
async fn imports_by_identity() {
    let made = World::new(NAMED);
    made.apply().await;
    let import = |by: &str| format!("import {{\n  to = fake_named.a\n  {by}\n}}\n{NAMED}");
    let mut world = World::new(&import("identity = { name = \"a\" }"));
    world.fake = made.fake.clone();
    world.providers = made.providers.clone();
    check(&show(&world.plan().await), "no-op fake_named.a {id=a-1 name=a value=v}");
    let plan = world.plan().await;
    let importing = plan.changes[0].importing.as_ref().expect("an import");
    assert_eq!(importing.id, r#"{"name":"a"}"#);
    world.apply().await;
    assert_eq!(identity(&world).await, r#"1 {"name":"a"}"#);
}

#[tokio::test]
async fn refuses_identities_that_are_none() {
    let refused = async |resource: &str, identity: &str| {
        let import = format!("import {{\n  to = {resource}.a\n  identity = {identity}\n}}");
        let block = NAMED.replace("fake_named", resource);
        show(&World::new(&format!("{import}\n{block}")).plan().await)
    };
    check(
        &refused("fake_plain", "{ name = \"a\" }").await,
        "Invalid import identity argument: The provider has no identities for objects of the type \
         fake_plain: import fake_plain.a by its id.",
    );
    check(
        &refused("fake_named", "{}").await,
        "Invalid import identity argument: The identity of fake_named.a is not as its schema has \
         it: attribute \"name\" is required.",
    );
    let unknown = "{ name = terraform_data.x.id }\n}\nresource \"terraform_data\" \"x\" {";
    let text = refused("fake_named", unknown).await;
    assert!(text.starts_with("Invalid import identity argument: The import block"), "{text}");
}

#[tokio::test]
async fn modules_tell_providers_of_themselves() {
    let told = "terraform {\n  provider_meta \"fake\" {\n    team = \"blue\"\n  }\n}\n";
    let world = World::new(&format!("{told}{NAMED}data \"fake_data\" \"d\" {{ name = \"d\" }}"));
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hears = |what: &'static str| {
        let heard = Arc::clone(&heard);
        move |meta: &Option<Value>| {
            let team = meta.as_ref().map(|meta| Object::new(meta).get("team"));
            let team = team.as_ref().and_then(Value::as_str).map(ToString::to_string);
            heard.lock().unwrap().push(format!("{what} {}", team.unwrap_or_default()));
        }
    };
    let (plan, apply, read) = (hears("plan"), hears("apply"), hears("read"));
    world.fake.on_plan(move |_, request, answer| {
        plan(&request.meta);
        answer
    });
    world.fake.on_apply(move |_, request, answer| {
        apply(&request.meta);
        answer
    });
    world.fake.on_read(move |_, request, answer| {
        read(&request.meta);
        answer
    });
    world.apply().await;
    world.plan().await;
    let mut heard = heard.lock().unwrap().clone();
    heard.dedup();
    assert_eq!(heard, ["plan blue", "apply blue", "read blue", "plan blue"]);
}

#[tokio::test]
async fn refuses_to_tell_who_does_not_want_to_be_told() {
    let told = "terraform {\n  provider_meta \"terraform\" {\n    team = \"blue\"\n  }\n}\n";
    let world = World::new(&format!("{told}resource \"terraform_data\" \"a\" {{}}"));
    check(
        &show(&world.plan().await),
        "Provider terraform.io/builtin/terraform doesn't support provider_meta: The resource \
         terraform_data.a belongs to a provider that doesn't support provider_meta blocks",
    );
}
