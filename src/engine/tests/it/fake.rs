//! The scripted provider left alone: every kind of attribute and block.

use crate::world::{World, check, show};

const THING: &str = r#"
    provider "fake" { region = "here" }
    resource "fake_thing" "a" {
      name   = "a"
      kind   = "x"
      value  = "v"
      secret = "s"
      token  = "t"
      tags   = { k = "v" }
      settings = { in = "i" }
      single { text = "1" }
      group { text = "2" }
      list { text = "3" }
      list { text = "4" }
      set { text = "5" }
      map "k" { text = "6" }
    }
"#;

#[tokio::test]
async fn makes_reads_changes_and_destroys() {
    let mut world = World::new(THING);
    check(
        &show(&world.plan().await),
        "create fake_thing.a {chosen=? group={text=2} id=? kind=x list=[{text=3} {text=4}] made=? \
         map={k={text=6}} name=a secret=* set=[{text=5}] settings={in=i out=?} single={text=1} \
         tags={k=v} value=v}",
    );
    let made = "chosen=told.chosen group={text=2} id=a-1 kind=x list=[{text=3} {text=4}] \
                made=made of v map={k={text=6}} name=a secret=s set=[{text=5}] settings={in=i \
                out=told.settings.out} single={text=1} tags={k=v} value=v";
    check(&world.apply().await, &format!("fake_thing.a {{{made}}}"));
    world.fake.calls();
    check(&show(&world.plan().await), "");
    assert_eq!(
        world.fake.calls(),
        ["configure here", "upgrade 1 a-1", "read a-1", "plan update a-1"]
    );
    world.write("main.tf", &THING.replace("\"v\"\n      secret", "\"w\"\n      secret"));
    check(
        &world.apply().await,
        &format!("fake_thing.a {{{}}}", made.replace("value=v", "value=w").replace("of v", "of w")),
    );
    world.write("main.tf", "");
    check(&world.apply().await, "");
    assert_eq!(world.fake.calls_of(&["create", "update", "delete"]), ["update a-1", "delete a-1"]);
    assert!(world.fake.ids().is_empty());
}
