module iot-device-batch.invalid/local-pulumi/language-host

go 1.25.0

require github.com/pulumi/pulumi/sdk/v3 v3.68.0 // indirect
