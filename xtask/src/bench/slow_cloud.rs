//! A cloud that takes a while for each call, and any number of calls at once: what EC2 is to
//! networks, and nothing more. The provider reads one with eight calls, one after the other.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// What each call takes.
const CALL: Duration = Duration::from_millis(100);

/// A larger request is none.
const LARGEST: usize = 1 << 20;

/// Serves until the process ends; gives where.
pub(super) fn start() -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    let made = Arc::new(AtomicUsize::new(0));
    thread::spawn(move || {
        for connection in listener.incoming().filter_map(Result::ok) {
            let made = Arc::clone(&made);
            // Whoever hangs up has what was asked for, or asks again.
            thread::spawn(move || drop(serve(connection, &made)));
        }
    });
    Ok(endpoint)
}

/// `made` is how many networks there are.
fn serve(mut connection: TcpStream, made: &AtomicUsize) -> io::Result<()> {
    connection.set_nodelay(true)?;
    let mut requests = BufReader::new(connection.try_clone()?);
    while let Some(form) = next(&mut requests)? {
        #[expect(clippy::disallowed_methods, reason = "to take its time is what it is for")]
        thread::sleep(CALL);
        let (status, text) = match answer(&form, made) {
            Some(text) => ("200 OK", text),
            None => ("400 Bad Request", refused()),
        };
        let length = text.len();
        let head = format!("HTTP/1.1 {status}\r\nContent-Type: text/xml\r\n");
        connection.write_all(format!("{head}Content-Length: {length}\r\n\r\n{text}").as_bytes())?;
    }
    Ok(())
}

/// The form of the next request; none if there is no more.
fn next(requests: &mut BufReader<TcpStream>) -> io::Result<Option<String>> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if requests.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let Some((name, value)) = line.split_once(':') else {
            if line.trim().is_empty() {
                break;
            }
            continue;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
    }
    if length > LARGEST {
        return Err(io::Error::other("the request is too large"));
    }
    let mut form = vec![0; length];
    requests.read_exact(&mut form)?;
    Ok(Some(String::from_utf8_lossy(&form).into_owned()))
}

/// What EC2 says of networks, each of which is as the others but for its identifier.
fn answer(form: &str, made: &AtomicUsize) -> Option<String> {
    let value = |wanted: &str| {
        let mut pairs = form.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(name, _)| *name == wanted).map(|(_, value)| value)
    };
    let vpc = |id: &str| {
        format!(
            "<vpcId>{id}</vpcId><ownerId>1</ownerId><state>available</state>\
             <cidrBlock>10.0.0.0/16</cidrBlock><dhcpOptionsId>dopt-1</dhcpOptionsId>\
             <instanceTenancy>default</instanceTenancy><isDefault>false</isDefault><tagSet/>"
        )
    };
    let action = value("Action")?;
    let content = match action {
        "CreateVpc" => {
            let number = made.fetch_add(1, Ordering::Relaxed);
            format!("<vpc>{}</vpc>", vpc(&format!("vpc-{number}")))
        }
        "DescribeVpcs" => format!("<vpcSet><item>{}</item></vpcSet>", vpc(value("VpcId.1")?)),
        "ModifyVpcAttribute" => "<return>true</return>".to_owned(),
        "DescribeVpcAttribute" => {
            let name = value("Attribute")?;
            let on = name == "enableDnsSupport";
            format!("<vpcId>{}</vpcId><{name}><value>{on}</value></{name}>", value("VpcId")?)
        }
        "DescribeVpcClassicLink" => "<vpcSet/>".to_owned(),
        "DescribeVpcClassicLinkDnsSupport" => "<vpcs/>".to_owned(),
        "DescribeNetworkAcls" => "<networkAclSet><item><networkAclId>acl-1</networkAclId></item>\
                                  </networkAclSet>"
            .to_owned(),
        "DescribeRouteTables" => "<routeTableSet><item><routeTableId>rtb-1</routeTableId></item>\
                                  </routeTableSet>"
            .to_owned(),
        "DescribeSecurityGroups" => {
            "<securityGroupInfo><item><groupId>sg-1</groupId></item></securityGroupInfo>".to_owned()
        }
        _ => return None,
    };
    Some(format!(
        "<{action}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
         <requestId>r</requestId>{content}</{action}Response>"
    ))
}

fn refused() -> String {
    "<Response><Errors><Error><Code>InvalidAction</Code><Message>There is no such action</Message>\
     </Error></Errors><RequestID>r</RequestID></Response>"
        .to_owned()
}
