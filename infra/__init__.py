"""The CDK application, the command line, and this machine as a cloud."""
