"""Who is meant, in the browser (主体识别): the review queue with candidates and their evidence, answers, a single name."""
