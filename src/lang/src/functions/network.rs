//! IP networks: `cidrhost`, `cidrnetmask`, `cidrsubnet`, `cidrsubnets`.
//!
//! Addresses are read as Go did before 1.17, leading zeros and all, and computed with as Terraform's
//! library does, so that odd arguments give the same odd results.

use std::net::{Ipv4Addr, Ipv6Addr};

use groma_value::{Type, Value};
use num_bigint::{BigInt, BigUint, Sign};

use super::{Call, Function, FunctionError, Parameter, returns};

const PREFIX: Parameter =
    Parameter::string("prefix").described("The network, in CIDR notation: `10.0.0.0/8`.");

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "cidrhost",
        "The address of a host within a network, by its number.",
        &[
            PREFIX,
            Parameter::number("hostnum")
                .described("The number of the host; a negative one counts from the end."),
        ],
        returns::string,
        cidrhost,
    ),
    Function::new(
        "cidrnetmask",
        "The netmask of an IPv4 network.",
        &[PREFIX],
        returns::string,
        cidrnetmask,
    ),
    Function::new(
        "cidrsubnet",
        "A network within a network, by its number.",
        &[
            PREFIX,
            Parameter::number("newbits").described("How many bits longer the prefix becomes."),
            Parameter::number("netnum").described("The number that these bits hold."),
        ],
        returns::string,
        cidrsubnet,
    ),
    Function::new(
        "cidrsubnets",
        "Networks within a network, one after another.",
        &[PREFIX],
        returns::strings,
        cidrsubnets,
    )
    .variadic(Parameter::number("newbits").described("How many bits longer each prefix becomes.")),
];

/// A network: an address without its host bits, and how many bits are fixed.
struct Network {
    address: BigUint,
    /// 32 or 128.
    bits: u32,
    prefix: u32,
}

impl Network {
    fn parse(text: &str) -> Result<Self, String> {
        let invalid = || format!("invalid CIDR expression: invalid CIDR address: {text}");
        let (address, length) = text.split_once('/').ok_or_else(invalid)?;
        let (address, bits) = match parse_v4(address) {
            Some(address) => (BigUint::from(address), 32),
            None => (BigUint::from(parse_v6(address).ok_or_else(invalid)?), 128),
        };
        let digits = !length.is_empty() && length.bytes().all(|b| b.is_ascii_digit());
        let prefix = length.parse().ok().filter(|n: &u32| digits && *n <= bits);
        let prefix = prefix.ok_or_else(invalid)?;
        let host_bits = bits - prefix;
        Ok(Self { address: (address >> host_bits) << host_bits, bits, prefix })
    }

    /// Whether it is an IPv4 address written as IPv6.
    fn is_mapped(&self) -> bool {
        self.bits == 128 && &self.address >> 32u32 == BigUint::from(0xffffu32)
    }

    /// In CIDR notation; an IPv4 network written as IPv6 the short way.
    fn shown(&self) -> String {
        let prefix = if self.is_mapped() { self.prefix.saturating_sub(96) } else { self.prefix };
        format!("{}/{prefix}", address(&self.address, self.bits))
    }

    /// Puts `number` into the bits up to `end`. A negative number or one that is too long spills
    /// over, as in Terraform.
    fn insert(&self, number: &BigInt, end: u32) -> BigUint {
        let shift = self.bits.saturating_sub(end);
        let base = BigInt::from_biguint(Sign::Plus, self.address.clone());
        let mask = (BigUint::from(1u32) << self.bits) - 1u32;
        (base | (number << shift)).into_parts().1 & mask
    }
}

fn address(address: &BigUint, bits: u32) -> String {
    if bits == 32 {
        let number = u32::try_from(address).unwrap_or(u32::MAX);
        return Ipv4Addr::from(number).to_string();
    }
    let address = Ipv6Addr::from(u128::try_from(address).unwrap_or(u128::MAX));
    // Go writes an IPv4 address written as IPv6 the short way.
    address.to_ipv4_mapped().map_or_else(|| address.to_string(), |v4| v4.to_string())
}

/// Four decimal numbers, which may have leading zeros.
fn parse_v4(text: &str) -> Option<u32> {
    let mut octets = text.split('.').map(|part| {
        let digits = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        part.parse::<u8>().ok().filter(|_| digits)
    });
    let mut address = 0;
    for _ in 0..4 {
        address = address << 8 | u32::from(octets.next()??);
    }
    octets.next().is_none().then_some(address)
}

/// Groups of up to four hexadecimal digits; the last two may be an IPv4 address.
fn parse_v6(text: &str) -> Option<u128> {
    let (text, tail) = match text.rfind(':') {
        Some(at) if text[at..].contains('.') => {
            let v4 = parse_v4(&text[at + 1..])?;
            (format!("{}:{:x}:{:x}", &text[..at], v4 >> 16, v4 & 0xffff), true)
        }
        _ => (text.to_owned(), false),
    };
    // `::1.2.3.4` has lost one of its colons.
    let text = if tail && text.starts_with(':') && !text.starts_with("::") {
        format!(":{text}")
    } else {
        text
    };
    text.parse::<Ipv6Addr>().ok().map(u128::from)
}

fn failed(message: String) -> FunctionError {
    FunctionError::new(message)
}

/// The number argument at `index` as a whole number of any size.
fn whole(call: &Call<'_>, index: usize) -> Result<BigInt, FunctionError> {
    call.number(index)?
        .to_bigint()
        .ok_or_else(|| FunctionError::new("value must be a whole number"))
}

fn cidrhost(call: &Call<'_>) -> Result<Value, FunctionError> {
    let number = whole(call, 1)?;
    let network = Network::parse(call.text(0)?).map_err(failed)?;
    let hosts = BigInt::from(1) << (network.bits - network.prefix);
    let number = if number.sign() == Sign::Minus { number + &hosts } else { number };
    if number.sign() == Sign::Minus || number >= hosts {
        return Err(FunctionError::new(format!(
            "prefix of {} does not accommodate a host numbered {number}",
            network.prefix
        )));
    }
    let end = if network.is_mapped() { 32 } else { network.bits };
    Ok(Value::string(address(&network.insert(&number, end), network.bits)))
}

fn cidrnetmask(call: &Call<'_>) -> Result<Value, FunctionError> {
    let text = call.text(0)?;
    let network = Network::parse(text).map_err(failed)?;
    if network.bits != 32 {
        return Err(FunctionError::new(format!("IPv6 addresses cannot have a netmask: {text}")));
    }
    let mask = u32::MAX.checked_shl(32 - network.prefix).unwrap_or(0);
    Ok(Value::string(Ipv4Addr::from(mask).to_string()))
}

fn cidrsubnet(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (new_bits, number) = (call.integer(1)?, whole(call, 2)?);
    let network = Network::parse(call.text(0)?).map_err(failed)?;
    let prefix = i64::from(network.prefix).saturating_add(new_bits);
    let Some(prefix) = u32::try_from(prefix).ok().filter(|prefix| *prefix <= network.bits) else {
        return Err(FunctionError::new(format!(
            "insufficient address space to extend prefix of {} by {new_bits}",
            network.prefix
        )));
    };
    // A negative number is taken for its absolute value here, as in Terraform.
    let fits = u32::try_from(new_bits).map_or(true, |bits| number.bits() <= bits.into());
    if !fits {
        return Err(FunctionError::new(format!(
            "prefix extension of {new_bits} does not accommodate a subnet numbered {number}"
        )));
    }
    let subnet = Network { address: network.insert(&number, prefix), bits: network.bits, prefix };
    Ok(Value::string(subnet.shown()))
}

fn cidrsubnets(call: &Call<'_>) -> Result<Value, FunctionError> {
    let network =
        Network::parse(call.text(0)?).map_err(|message| FunctionError::argument(0, message))?;
    let mut prefixes = Vec::new();
    for index in 1..call.args.len() {
        let wrong = |message: String| FunctionError::argument(index, message);
        let new_bits = call.integer(index).map_err(|error| wrong(error.message))?;
        if new_bits < 1 {
            return Err(wrong("must extend prefix by at least one bit".to_owned()));
        }
        if new_bits > 32 {
            return Err(wrong("may not extend prefix by more than 32 bits".to_owned()));
        }
        let prefix = network.prefix + new_bits.unsigned_abs() as u32;
        if prefix > network.bits {
            let protocol = if network.bits == 32 { "IPv4" } else { "IPv6" };
            return Err(wrong(format!(
                "would extend prefix to {prefix} bits, which is too long for an {protocol} address"
            )));
        }
        prefixes.push(prefix);
    }
    let end = &network.address + (BigUint::from(1u32) << (network.bits - network.prefix));
    let mut next = network.address.clone();
    let mut subnets: Vec<Network> = Vec::new();
    for (at, prefix) in prefixes.into_iter().enumerate() {
        let size = BigUint::from(1u32) << (network.bits - prefix);
        // Each starts where its size allows, after the one before it.
        let start = (&next + &size - 1u32) / &size * &size;
        if &start + &size > end {
            let after = subnets.last().map_or_else(|| network.shown(), Network::shown);
            return Err(FunctionError::argument(
                at + 1,
                format!(
                    "not enough remaining address space for a subnet with a prefix of {prefix} \
                     bits after {after}"
                ),
            ));
        }
        next = &start + &size;
        subnets.push(Network { address: start, bits: network.bits, prefix });
    }
    let subnets = subnets.iter().map(|subnet| Value::string(subnet.shown())).collect();
    Ok(Value::list(Type::String, subnets))
}
