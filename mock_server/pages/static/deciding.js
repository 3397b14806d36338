// Which of the requirements that a call met decided its answer: the one that says most about it.

/** The requirement, of those of `register`, that an exchange is shown with; undefined where it met none. */
export function deciding(exchange, register) {
  const met = exchange.requirements.map((id) => register.get(id)).filter(Boolean);
  const weight = (each) => weighed(each, exchange);
  return met.reduce((best, each) => (best === undefined || weight(each) > weight(best) ? each : best), undefined);
}

function weighed(requirement, exchange) {
  const { status } = exchange.response;
  const refusing = /refused|answered with 4|is 4\d\d|\b4\d\d\b/.test(requirement.text);
  const aboutForm = /match_the_contract|are_json|use_the|envelope|documented_types/.test(requirement.id);
  return (
    (requirement.text.includes(String(status)) ? 4 : 0) +
    (refusing === status >= 400 ? 3 : 0) +
    (requirement.operation === "every_operation" ? 0 : 2) +
    (requirement.level === "must" ? 1 : 0) -
    (aboutForm ? 6 : 0)
  );
}
