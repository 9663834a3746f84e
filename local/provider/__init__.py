"""A stand-in for Pulumi's AWS plugin, which no package registry serves, for the AWS on the laptop.

It speaks the plugin protocol (`protocol`, `wire`) and knows its types as short declarations (`services/`), which
`lifecycle` carries out. What a type's properties are called and of which kind they are comes from `pulumi_aws`
(`schema`), what a request looks like from botocore (`shapes`). It behaves as the real plugin does, with one
difference: it takes over what an interrupted run has left behind (`adoption`), for a laptop is switched off half-way.
"""
