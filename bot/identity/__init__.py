"""Who is this, how sure are we, and what may they see."""
