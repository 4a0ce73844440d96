"""What several stages compute."""
