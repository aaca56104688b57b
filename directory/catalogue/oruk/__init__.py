"""Open Referral UK in public: the interface `/oruk/v3`, and the judge of other people's feeds."""
