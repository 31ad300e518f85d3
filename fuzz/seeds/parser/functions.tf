locals {
      nested = merge(var.a,{
    b = 1
        c = [for k , v in var.d : { (k) = v } if v != null]
      },
  {d=2})
  cond = var.a ? {
    x = 1
  } : {
  y    = 2
      }
  chain = a.b["c"].d[0].e[*].f.*.g
  neg = [-1,- 2,1 - -1,a-b,-(1)]
  str = "a${b}c${ d }%{ if e }f%{ else }g%{ endif }"
  esc = "\t\"$${x}%%{y}\u00e9"
  call = provider::aws::arn_parse ( "x" ) . account
  expand = concat ( [ ] , var.lists ... )
  multi = [
    1, 2,
    3 ] # end
  heredoc = [<<A
one
A
, <<-B
  two
  B
  ]
  not = ! var.x && !  var.y
  cmp = a<b==c>=d
  # comment one
  // comment two
  /* three */ four = 4
  long_name_here="é" # ü
  s = "x" # y
}
