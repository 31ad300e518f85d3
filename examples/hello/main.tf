# The smallest thing that has a state: applied with `groma apply`, gone with `groma destroy`.

variable "greeting" {
  type    = string
  default = "Hello from Groma"
}

resource "terraform_data" "hello" {
  input = upper(var.greeting)
}

output "hello" {
  value = terraform_data.hello.output
}
