"""Mail scanners against an approval link: the stage that waits for them, and the verdict."""
