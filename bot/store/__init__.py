"""SQLAlchemy tables and every query on them, encryption, the Rasa tracker store and the migrations."""
