variable "name" {
  type = string
}

variable "replicas" {
  type = number

  validation {
    condition     = var.replicas > 0
    error_message = "A service needs at least one replica."
  }
}

resource "terraform_data" "replica" {
  count = var.replicas
  input = format("%s-%02d", var.name, count.index)
}

output "replicas" {
  value = terraform_data.replica[*].output
}
