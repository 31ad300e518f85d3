resource foo_bar baz{
}
resource "foo" bar   {a=1}
module   /* why */   "m"   /* here */  {
    source="./m"
  providers={
    aws=aws.x
      }


}
data "a" "b" { count = 1 } # trailing
check "c" {
assert {
condition=true
error_message="no"
}
}
moved {
from=a.b
  to = a.c
}
import { to = a.b }
variable "x" {
  type=object({
    a=string,
      bb=optional(list(number),[])
    })
  validation {
condition=length(var.x.bb)>0&&var.x.a!=""
    error_message = "${var.x.a}"
  }
}
variable "q" { type="list" }
variable "r" { type=map }
variable "s" { type="set" }
variable "t" { type=set }
