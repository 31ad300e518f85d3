//! The digest, line by line of what it covers and what it does not, with providers that have
//! configurations and computed values; and what an approval covers.

use groma_addr::parse_resource_instance;
use groma_engine::{Directive, DirectiveScope, Plan, PlanMode, Uncovered, covers};
use groma_value::{Type, Value};

use crate::world::World;

const SECRET: [u8; 32] = [7; 32];

fn thing(more: &str) -> String {
    format!("resource \"fake_thing\" \"a\" {{\n name = \"a\"\n {more}\n}}")
}

async fn plan(world: &World) -> Plan {
    let plan = world.plan().await;
    assert!(!plan.errored, "{}", crate::world::show(&plan));
    plan
}

/// The digests of two plans of new things.
async fn two(a: &str, b: &str) -> (String, String) {
    let a = plan(&World::new(a)).await.digest(&SECRET).to_string();
    (a, plan(&World::new(b)).await.digest(&SECRET).to_string())
}

async fn differ(a: &str, b: &str) {
    let (a, b) = two(a, b).await;
    assert_ne!(a, b);
}

async fn same(a: &str, b: &str) {
    let (a, b) = two(a, b).await;
    assert_eq!(a, b);
}

/// A world where `fake_thing.a` was made, and another value is configured.
async fn update() -> World {
    let mut world = World::new(&thing("value = \"v\""));
    world.apply().await;
    world.write("main.tf", &thing("value = \"w\""));
    world
}

#[tokio::test]
async fn the_provider_counts() {
    let with = |provider: &str| format!("{provider}\n{}", thing(""));
    let here = with("provider \"fake\" { region = \"here\" }");
    differ(&here, &with("provider \"fake\" { region = \"there\" }")).await;
    same(&here, &with("locals { r = \"here\" }\nprovider \"fake\" { region = local.r }")).await;
    differ(&here, &with("provider \"fake\" { password = \"here\" }")).await;
    let password = |p: &str| with(&format!("provider \"fake\" {{ password = {p:?} }}"));
    differ(&password("a"), &password("b")).await;
    // Another that nothing uses does not.
    same(&here, &format!("{here}\nprovider \"fake\" {{\n alias = \"x\"\n region = \"there\"\n}}"))
        .await;

    let world = World::new(&here);
    let one = plan(&world).await.digest(&SECRET);
    world.fake.describe(|metadata| metadata.version = "1.0.1".to_owned());
    assert_ne!(one, plan(&world).await.digest(&SECRET), "its version");
}

#[tokio::test]
async fn secrets_of_the_provider_are_under_the_stores() {
    let plain = "resource \"fake_plain\" \"p\" { name = \"p\" }";
    let under = async |password: &str| {
        let provider = format!("provider \"fake\" {{ password = {password} }}");
        let plan = plan(&World::new(&format!("{provider}\n{plain}"))).await;
        [SECRET, [8; 32]].map(|secret| plan.digest(&secret).to_string())
    };
    let [one, two] = under("\"p\"").await;
    assert_ne!(one, two);
    let none = plan(&World::new(plain)).await;
    assert_ne!(one, none.digest(&SECRET).to_string());
}

#[tokio::test]
async fn the_action_and_its_paths_count() {
    let mut world = World::new(&thing("kind = \"1\""));
    world.apply().await;
    world.write("main.tf", &thing("kind = \"2\""));
    let delete_first = plan(&world).await.digest(&SECRET);
    let first = thing("kind = \"2\"\n lifecycle { create_before_destroy = true }");
    world.write("main.tf", &first);
    let create_first = plan(&world).await.digest(&SECRET);
    world.write("main.tf", "");
    let delete = plan(&world).await.digest(&SECRET);
    assert!(delete_first != create_first && create_first != delete && delete != delete_first);

    let world = update().await;
    let in_place = plan(&world).await;
    let mut replaced = in_place.clone();
    replaced.changes[0].required_replace = vec![groma_value::Path::new().attr("value")];
    assert_ne!(in_place.digest(&SECRET), replaced.digest(&SECRET));
}

#[tokio::test]
async fn deposed_objects_count_by_their_keys() {
    let world = update().await;
    let current = plan(&world).await;
    let mut deposed = current.clone();
    deposed.changes[0].deposed = Some("0123abcd".parse().unwrap());
    assert_ne!(current.digest(&SECRET), deposed.digest(&SECRET));
}

#[tokio::test]
async fn what_it_is_now_counts_where_that_changes() {
    let world = update().await;
    let one = plan(&world).await.digest(&SECRET);
    world.fake.change("a-1", "value", Value::from("x"));
    assert_ne!(one, plan(&world).await.digest(&SECRET), "it is another change now");
}

#[tokio::test]
async fn drift_of_what_nobody_configures_does_not_count() {
    let mut world = update().await;
    let one = plan(&world).await;
    world.fake.change("a-1", "chosen", Value::from("x"));
    let two = plan(&world).await;
    assert_eq!(two.drift.len(), 1);
    assert_eq!(one.digest(&SECRET), two.digest(&SECRET));
    assert!(covers(&[&one], &two, &SECRET).is_covered());
    // Nor that of an object that only moves, or stays.
    world.fake.change("a-1", "value", Value::from("w"));
    let moved = "moved {\n from = fake_thing.a\n to = fake_thing.b\n}";
    let to = thing("value = \"w\"").replace("\"fake_thing\" \"a\"", "\"fake_thing\" \"b\"");
    world.write("main.tf", &format!("{to}\n{moved}"));
    let one = plan(&world).await.digest(&SECRET);
    world.fake.change("a-1", "chosen", Value::from("y"));
    assert_eq!(one, plan(&world).await.digest(&SECRET));
}

#[tokio::test]
async fn data_that_is_not_used_does_not_count() {
    let data = |name: &str| format!("data \"fake_data\" \"d\" {{ name = {name:?} }}");
    same(&thing(""), &format!("{}\n{}", thing(""), data("d"))).await;
    let used = thing("value = data.fake_data.d.value");
    differ(&format!("{used}\n{}", data("d")), &format!("{used}\n{}", data("e"))).await;
}

#[tokio::test]
async fn data_that_is_read_at_apply_counts_by_what_is_asked() {
    let text = |asked: &str| {
        format!(
            "resource \"fake_plain\" \"p\" {{ name = \"p\" }}\ndata \"fake_data\" \"d\" {{ name = \
             {asked} }}\n{}",
            thing("value = data.fake_data.d.value")
        )
    };
    let base = text("\"1-${fake_plain.p.id}\"");
    same(&base, &base).await;
    differ(&base, &text("\"2-${fake_plain.p.id}\"")).await;
}

#[tokio::test]
async fn variables_count_as_far_as_they_reach() {
    let text = "variable \"used\" {}\nvariable \"unused\" {}\nvariable \"s\" { sensitive = true }\n\
                resource \"fake_plain\" \"p\" { name = \"p\" }\n";
    let text = format!("{text}{}", thing("value = \"${var.used}-${var.s}-${fake_plain.p.id}\""));
    let digest = async |used: &str, unused: &str, s: &str, secret: [u8; 32]| {
        let mut world = World::new(&text);
        world.set("used", used.into()).set("unused", unused.into()).set("s", s.into());
        plan(&world).await.digest(&secret)
    };
    let one = digest("a", "b", "c", SECRET).await;
    assert_eq!(one, digest("a", "x", "c", SECRET).await);
    assert_ne!(one, digest("x", "b", "c", SECRET).await);
    assert_ne!(one, digest("a", "b", "x", SECRET).await);
    // The sensitive one by its code.
    assert_ne!(one, digest("a", "b", "c", [8; 32]).await);
}

#[tokio::test]
async fn files_count_as_far_as_they_reach() {
    let digest = async |expr: &str, content: &str, more: &str| {
        let mut world = World::new(&format!(
            "resource \"fake_plain\" \"p\" {{ name = \"p\" }}\n{}",
            thing(&format!("value = {expr}"))
        ));
        world.write("read.txt", content).write("more.txt", more);
        plan(&world).await.digest(&SECRET)
    };
    for expr in ["file(\"read.txt\")", "\"${file(\"read.txt\")}-${fake_plain.p.id}\""] {
        let one = digest(expr, "1", "x").await;
        assert_ne!(one, digest(expr, "2", "x").await, "{expr}");
        assert_eq!(one, digest(expr, "1", "y").await, "{expr}");
    }
    let template = "templatefile(\"read.txt\", { id = fake_plain.p.id })";
    let one = digest(template, "1 ${id}", "x").await;
    assert_ne!(one, digest(template, "2 ${id}", "x").await);
}

#[tokio::test]
async fn directives_and_options_count() {
    let mut world = update().await;
    let one = plan(&world).await;
    let addr = parse_resource_instance("fake_thing.other").unwrap();
    world.directives.entries = vec![(DirectiveScope::Instance(addr), Directive::KeepDeposed)];
    let directed = plan(&world).await;
    assert_ne!(one.digest(&SECRET), directed.digest(&SECRET));
    assert_eq!(covers(&[&one], &directed, &SECRET).uncovered, [Uncovered::Options]);
    world.directives.entries.clear();
    world.options.force_replace = vec![parse_resource_instance("fake_thing.other").unwrap()];
    assert_ne!(one.digest(&SECRET), plan(&world).await.digest(&SECRET));
    world.options.force_replace.clear();
    world.options.parallelism = Some(1);
    world.options.refresh = false;
    assert_eq!(one.digest(&SECRET), plan(&world).await.digest(&SECRET), "how it is made does not");
    world.options.mode = PlanMode::RefreshOnly;
    assert_ne!(one.digest(&SECRET), plan(&world).await.digest(&SECRET));
}

#[tokio::test]
async fn provisioners_count_where_they_run() {
    let with = |make: &str, end: &str, fails: &str| {
        thing(&format!(
            "provisioner \"local-exec\" {{\n command = {make:?}\n on_failure = {fails}\n }}\n \
             provisioner \"local-exec\" {{\n when = destroy\n command = {end:?}\n }}"
        ))
    };
    let base = with("make", "end", "fail");
    differ(&base, &with("other", "end", "fail")).await;
    differ(&base, &with("make", "end", "continue")).await;
    same(&base, &with("make", "other", "fail")).await;
    // The other way round when it is destroyed.
    let digest = async |text: &str| {
        let mut world = World::new(&base);
        world.apply().await;
        world.write("main.tf", text);
        world.options.mode = PlanMode::Destroy;
        plan(&world).await.digest(&SECRET)
    };
    let one = digest(&base).await;
    assert_eq!(one, digest(&with("other", "end", "fail")).await);
    assert_ne!(one, digest(&with("make", "other", "fail")).await);
}

#[tokio::test]
async fn ephemeral_values_never_count() {
    let text = |name: &str| {
        format!(
            "ephemeral \"fake_secret\" \"s\" {{ name = {name:?} }}\nprovider \"fake\" {{\n password \
             = null\n}}\n{}",
            thing("token = ephemeral.fake_secret.s.value")
        )
    };
    same(&text("a"), &text("b")).await;
    let variable = |value: &str| {
        format!(
            "variable \"e\" {{\n ephemeral = true\n default = {value:?}\n}}\n{}",
            thing("token = var.e")
        )
    };
    same(&variable("a"), &variable("b")).await;
}

#[tokio::test]
async fn an_update_is_covered_as_far_as_it_goes() {
    let mut world = World::new(&thing("value = \"v\"\n old = \"1\""));
    world.apply().await;
    world.write("main.tf", &thing("value = \"w\"\n old = \"2\""));
    let approved = plan(&world).await;
    // Half of it has happened meanwhile.
    world.fake.change("a-1", "old", Value::from("2"));
    let now = plan(&world).await;
    assert!(covers(&[&approved], &now, &SECRET).is_covered());
    assert!(!covers(&[&now], &approved, &SECRET).is_covered());
    // What was to change, and stays now, is not as it was approved.
    world.fake.change("a-1", "old", Value::from("1"));
    world.write("main.tf", &thing("value = \"w\"\n old = \"1\""));
    let now = plan(&world).await;
    assert!(!covers(&[&approved], &now, &SECRET).is_covered());
    // Nor is what starts from another value.
    world.write("main.tf", &thing("value = \"w\"\n old = \"2\""));
    world.fake.change("a-1", "value", Value::from("x"));
    let now = plan(&world).await;
    let uncovered = covers(&[&approved], &now, &SECRET).uncovered;
    assert!(matches!(&uncovered[..], [Uncovered::Change { differs: true, .. }]), "{uncovered:?}");
    world.fake.change("a-1", "old", Value::null(Type::String));
}

#[tokio::test]
async fn an_import_and_its_id_count() {
    let mut world = World::new(&thing("value = \"v\""));
    world.apply().await;
    let digest = async |import: &str| {
        let mut other = World::new(&format!("{}\n{import}", thing("value = \"v\"")));
        other.fake = world.fake.clone();
        other.providers = world.providers.clone();
        other.fake.on_read(|_, request, answer| match answer {
            Ok(found) if found.answer.value.is_null() => {
                let mut state = request.prior.clone();
                let mut object = groma_provider_api::native::Object::new(&state.value);
                object.set("name", Value::from("a"));
                object.set("value", Value::from("v"));
                state.value = object.into_value();
                Ok(state.into())
            }
            other => other,
        });
        plan(&other).await.digest(&SECRET)
    };
    let create = digest("").await;
    let one = digest("import {\n to = fake_thing.a\n id = \"a-1\"\n}").await;
    let two = digest("import {\n to = fake_thing.a\n id = \"a-7\"\n}").await;
    assert!(create != one && one != two && two != create);
    world.write("main.tf", "");
}
