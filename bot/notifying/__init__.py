"""What is said without being asked, by text: reminders and news."""
