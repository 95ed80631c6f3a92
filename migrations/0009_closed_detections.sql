-- When a detection was closed: it is forgotten so many days after that (id-protection.md §5.10); null while it is active. Those
-- closed before this column count from their detection.
ALTER TABLE risk_detections ADD COLUMN closed_at BIGINT;
UPDATE risk_detections SET closed_at = detected_at WHERE state NOT IN ('atRisk', 'confirmedCompromised');
CREATE INDEX risk_detections_by_closure ON risk_detections (tenant_id, closed_at);
