a=1
bb  = [
1,
2 # c
]
c = <<EOT
 x
EOT
// end
