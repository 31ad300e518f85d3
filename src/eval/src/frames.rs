//! Module instances, and the values of what is named in them.
//!
//! A [`Frame`] is filled by whoever walks the configuration in the order of its references: each
//! value is worked out once, and read by everything that refers to it. Reading never computes.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use groma_addr::{Ident, InstanceKey, Mode, ModuleInstance, Resource};
use groma_config::{Config, Module, ModuleId};
use groma_value::{Fields, Str, Value};

use crate::{Instances, KeyData};

/// Names a frame of [`Frames`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FrameId(u32);

/// All module instances.
pub struct Frames {
    frames: Vec<Frame>,
    by_module: Vec<Vec<FrameId>>,
}

/// One module instance.
pub struct Frame {
    /// Its address.
    pub addr: ModuleInstance,
    /// The module that it is an instance of.
    pub module: Arc<Module>,
    /// Who called it; `None` for the root.
    pub parent: Option<FrameId>,
    /// What `each` and `count` mean in the arguments of the call.
    pub key: KeyData,
    variables: HashMap<Ident, Value>,
    locals: HashMap<Ident, Value>,
    outputs: HashMap<Ident, Value>,
    calls: HashMap<Ident, Called>,
    resources: [HashMap<Ident, HashMap<Ident, Slot>>; 3],
}

/// A call of a module: the instances that it expanded to.
#[derive(Debug)]
struct Called {
    frames: Instances<FrameId>,
    whole: OnceLock<Value>,
}

/// A resource: the values of its instances.
#[derive(Debug)]
struct Slot {
    values: Instances<Value>,
    whole: OnceLock<Value>,
}

/// What a name's value is, as far as it is known already.
#[derive(Clone, Debug)]
pub enum Found<T> {
    /// There it is.
    Value(T),
    /// It has none: it failed, or is not wanted.
    Missing,
}

const fn mode_index(mode: Mode) -> usize {
    match mode {
        Mode::Data => 0,
        Mode::Managed => 1,
        Mode::Ephemeral => 2,
    }
}

impl Frames {
    /// The root module's instance, with nothing in it.
    pub fn new(config: &Config) -> Self {
        let mut frames =
            Self { frames: Vec::new(), by_module: vec![Vec::new(); config.modules.len()] };
        if let Some(root) = config.root() {
            let addr = ModuleInstance::root();
            frames.push(Frame::new(addr, Arc::clone(root), None, KeyData::NONE));
        }
        frames
    }

    /// The root module's instance.
    pub const ROOT: FrameId = FrameId(0);

    fn push(&mut self, frame: Frame) -> FrameId {
        let id = FrameId(self.frames.len() as u32);
        if let Some(frames) = self.by_module.get_mut(frame.module.id.0 as usize) {
            frames.push(id);
        }
        self.frames.push(frame);
        id
    }

    /// The frame of that id. Ids are never taken back, so that it is there.
    pub fn get(&self, id: FrameId) -> &Frame {
        &self.frames[id.0 as usize]
    }

    fn get_mut(&mut self, id: FrameId) -> &mut Frame {
        &mut self.frames[id.0 as usize]
    }

    /// The instances of a module, in the order in which they were made.
    pub fn of(&self, module: ModuleId) -> &[FrameId] {
        self.by_module.get(module.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// The frame at an address.
    pub fn find(&self, addr: &ModuleInstance) -> Option<FrameId> {
        addr.steps().iter().try_fold(Self::ROOT, |frame, step| {
            self.get(frame).calls.get(&step.name)?.frames.get(&step.key).copied()
        })
    }

    /// All frames.
    pub fn iter(&self) -> impl Iterator<Item = (FrameId, &Frame)> {
        self.frames.iter().enumerate().map(|(id, frame)| (FrameId(id as u32), frame))
    }

    /// Makes the instances of a call.
    pub fn expand(
        &mut self,
        caller: FrameId,
        name: &Ident,
        module: &Arc<Module>,
        keys: &Instances<KeyData>,
    ) {
        let base = self.get(caller).addr.clone();
        let frames = keys.map(|key, data| {
            let addr = base.child(name.clone(), key.clone());
            self.push(Frame::new(addr, Arc::clone(module), Some(caller), data.clone()))
        });
        let called = Called { frames, whole: OnceLock::new() };
        self.get_mut(caller).calls.insert(name.clone(), called);
    }

    /// Sets an input variable.
    pub fn set_variable(&mut self, frame: FrameId, name: &Ident, value: Value) {
        self.get_mut(frame).variables.insert(name.clone(), value);
    }

    /// Sets a local value.
    pub fn set_local(&mut self, frame: FrameId, name: &Ident, value: Value) {
        self.get_mut(frame).locals.insert(name.clone(), value);
    }

    /// Sets an output value.
    pub fn set_output(&mut self, frame: FrameId, name: &Ident, value: Value) {
        self.get_mut(frame).outputs.insert(name.clone(), value);
    }

    /// Sets the values of a resource's instances.
    pub fn set_resource(&mut self, frame: FrameId, addr: &Resource, values: Instances<Value>) {
        self.get_mut(frame).resources[mode_index(addr.mode)]
            .entry(addr.ty.clone())
            .or_default()
            .insert(addr.name.clone(), Slot { values, whole: OnceLock::new() });
    }

    /// Sets the value of one instance of a resource, which has one already.
    pub fn set_instance(
        &mut self,
        frame: FrameId,
        addr: &Resource,
        key: &InstanceKey,
        value: Value,
    ) {
        let slot = self.get_mut(frame).resources[mode_index(addr.mode)]
            .get_mut(&addr.ty)
            .and_then(|names| names.get_mut(&addr.name));
        if let Some(slot) = slot
            && let Some(instance) = slot.values.get_mut(key)
        {
            *instance = value;
            slot.whole.take();
        }
    }

    /// Sets the value of a resource as a whole, of which the instances are not known.
    pub fn set_resource_whole(&mut self, frame: FrameId, addr: &Resource, value: Value) {
        let slot = Slot { values: Instances::Count(Vec::new()), whole: OnceLock::from(value) };
        self.get_mut(frame).resources[mode_index(addr.mode)]
            .entry(addr.ty.clone())
            .or_default()
            .insert(addr.name.clone(), slot);
    }

    /// Sets the value of a call as a whole, whatever its outputs are.
    pub fn set_call_whole(&mut self, caller: FrameId, name: &str, value: Value) {
        if let Some(called) = self.get_mut(caller).calls.get_mut(name) {
            called.whole = OnceLock::from(value);
        }
    }

    /// The value of one instance of a call: an object of its outputs.
    pub fn module_value(&self, frame: FrameId) -> Value {
        let frame = self.get(frame);
        let outputs = frame.module.outputs.keys();
        Value::object(
            outputs
                .map(|name| {
                    let value = frame.outputs.get(name).cloned().unwrap_or(Value::dynamic());
                    (Str::new(name), value)
                })
                .collect::<Fields>(),
        )
    }

    /// The value of all instances of a call.
    pub fn call_value(&self, caller: FrameId, name: &str) -> Found<Value> {
        match self.get(caller).calls.get(name) {
            Some(called) => Found::Value(
                called
                    .whole
                    .get_or_init(|| called.frames.map(|_, frame| self.module_value(*frame)).value())
                    .clone(),
            ),
            None => Found::Missing,
        }
    }
}

impl Frame {
    fn new(
        addr: ModuleInstance,
        module: Arc<Module>,
        parent: Option<FrameId>,
        key: KeyData,
    ) -> Self {
        Self {
            addr,
            module,
            parent,
            key,
            variables: HashMap::new(),
            locals: HashMap::new(),
            outputs: HashMap::new(),
            calls: HashMap::new(),
            resources: Default::default(),
        }
    }

    /// An input variable.
    pub fn variable(&self, name: &str) -> Option<&Value> {
        self.variables.get(name)
    }

    /// A local value.
    pub fn local(&self, name: &str) -> Option<&Value> {
        self.locals.get(name)
    }

    /// An output value.
    pub fn output(&self, name: &str) -> Option<&Value> {
        self.outputs.get(name)
    }

    /// The instances of a call.
    pub fn called(&self, name: &str) -> Option<&Instances<FrameId>> {
        self.calls.get(name).map(|called| &called.frames)
    }

    fn slot(&self, mode: Mode, ty: &str, name: &str) -> Option<&Slot> {
        self.resources[mode_index(mode)].get(ty)?.get(name)
    }

    /// The values of a resource's instances.
    pub fn resource(&self, mode: Mode, ty: &str, name: &str) -> Option<&Instances<Value>> {
        self.slot(mode, ty, name).map(|slot| &slot.values)
    }

    /// The value of a resource as a whole. Built once, when first asked for.
    pub fn resource_value(&self, mode: Mode, ty: &str, name: &str) -> Option<Value> {
        let slot = self.slot(mode, ty, name)?;
        Some(match &slot.values {
            Instances::Single(value) => value.clone(),
            values => slot.whole.get_or_init(|| values.value()).clone(),
        })
    }

    /// The key of this instance.
    pub fn instance_key(&self) -> InstanceKey {
        self.addr.parent().map_or(InstanceKey::None, |(_, step)| step.key.clone())
    }
}
