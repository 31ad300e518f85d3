terraform {
required_version=">= 1.0"
   required_providers {
    aws={
      source="hashicorp/aws" # the cloud
  version = "~> 5.0"   // pinned
    }
  }
}
variable a {
type="string"
  default = "${var.b}"
}
variable "b" { type = list }
variable "c" {
  type = "map"
  description="x"
}
resource aws_instance /* c */ "web" {
  count=2
ami = "${data.aws_ami.x.id}"
  tags = {
    Name = "web-${count.index}"
  longer_name="x"   # comment
    "quoted"    = [1,2,   3]
    (var.k): "v"
  }

  ebs_block_device { size = 3 }
  user_data = <<-EOF
    #!/bin/sh
    echo ${var.x}  ${ var.y }
    %{ for x in var.z ~}
    ${x}
    %{ endfor ~}
  EOF
  depends_on=[
  aws_vpc.main,
      aws_subnet.a,]
  lifecycle{
  ignore_changes=[tags["a"],ami]
}
}
locals {
  a = 1
  bbb = 2
  # comment
  cc = "${"${var.x}"}"
  d = "${
    foo
  }"
  e = "${var.x == 1
  ? 2 : 3}"
  f = -1 - -2 - (-3) * !true
  g = [for x in [1,2]: x if x>1]
  h = {for k,v in m: k=>v...}
  i = a[0].b.*.c
  j = a ? b : c
  k = f(a,b...)
  l = foo["${var.x}"]
}
output "x" { value = "${aws_instance.web.*.id}" }
