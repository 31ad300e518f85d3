a    =   1 # c
bb=2# d



ccc = [
1,
  2, # two
    3 # three
]
d = {
 a = 1, b = 2
}
e = {a=1}
f = foo (1)
g = a . b
h = "a" == "b" ? "${a}" : "x${b}y"
i = [{
a = 1
}, {
b = 2
}]
j = foo(bar({
a=1
}))
k = (
1
+
2
)
l = <<EOT
foo
  bar ${ x }
EOT
m = {
x = <<EOT
  y
EOT
yy = 1
}
n = "%{ if x }${ { a = 1 } }%{ endif }"
/* c */ o = 1
p = 1 /* c */ # d
q = /* c */ 1
   