// Which of the requirements that a call met decided its answer: the one that says most about it.

const ABOUT_FORM = /match_the_contract|are_json|use_the|envelope|documented_types/;
const REFUSING = /refused|answered with 4|\b4\d\d\b/;

/** The requirement, of those of `register`, that an exchange is shown with; undefined where it met none.
 *  `met` counts how often each was met so far: of equals, the rarer says more,
 *  and the one that stands later in the register. */
export function deciding(exchange, register, met) {
  const candidates = exchange.requirements.map((id) => register.get(id)).filter(Boolean);
  const score = (each) => weight(each, exchange.response.status) - (met.get(each.id) ?? 0) / 1e6;
  return candidates.reduce((best, each) => (best === undefined || score(each) >= score(best) ? each : best), undefined);
}

function weight({ id, text, operation }, status) {
  const refused = status >= 400;
  return (
    (refused && text.includes(String(status)) ? 4 : 0) +
    (REFUSING.test(text) === refused ? 3 : 0) +
    (operation === "every_operation" ? 0 : 2) -
    (ABOUT_FORM.test(id) ? 6 : 0)
  );
}
