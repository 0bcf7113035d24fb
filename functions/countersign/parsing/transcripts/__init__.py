"""Transcripts of calls: WebVTT, SubRip, JSON of transcription services, plain text. Imports
`parsing` alone and touches nothing."""
