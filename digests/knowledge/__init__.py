"""What is known of vulnerabilities from elsewhere: where it is published, and how to read it."""
