"""What Terraform means to do, as frozen values. Pure: nothing here reads or writes."""
