// Building a form in the admin: each question's heading says what it asks, and only settings that apply are shown.
// A comfort only: the server checks everything, and without this file every setting stays in sight.
(() => {
  const choices = ['dropdown', 'radio', 'checkboxes'];
  const applies = {
    choices: kind => choices.includes(kind),
    wording: kind => kind === 'consent' || kind === 'heading',
    default_value: kind => !['consent', 'heading', 'file', 'eligibility', 'topics', 'birthdate'].includes(kind),
    help_text: kind => !['heading', 'hidden', 'consent'].includes(kind),
    required: kind => !['heading', 'hidden'].includes(kind),
    meaning: kind => kind !== 'heading',
    autocomplete: kind => ['singleline', 'multiline', 'email', 'phone', 'date', 'birthdate', 'url'].includes(kind),
    missing_message: kind => !['heading', 'hidden'].includes(kind),
  };
  const refresh = kindField => {
    const prefix = kindField.name.slice(0, -'field_type'.length);
    const child = kindField.closest('[data-inline-panel-child]');
    if (!child) return;
    const find = name => child.querySelector(`[name="${CSS.escape(prefix + name)}"]`);
    const kind = kindField.value;
    for (const [name, test] of Object.entries(applies)) {
      const field = find(name);
      const panel = field && field.closest('[data-field-wrapper], .w-panel__wrapper');
      // what holds a value is never hidden: an editor must see what is stored
      const used = field && (field.type === 'checkbox' ? false : field.value !== '');
      if (!panel || panel.contains(kindField)) continue;
      const away = Boolean(kind) && !test(kind) && !used;
      for (const part of [panel, child.querySelector(`label[for="${field.id}"]`)]) {
        if (part) part.style.display = away ? 'none' : '';
      }
    }
    const heading = child.querySelector('[data-panel-heading-text]');
    if (!heading) return;
    let note = heading.querySelector('.form-question');
    if (!note) {
      note = document.createElement('span');
      note.className = 'form-question';
      heading.append(note);
    }
    const label = find('label').value.trim();
    const name = kindField.selectedOptions[0] && kind ? kindField.selectedOptions[0].text : '';
    note.textContent = label ? ` ${label}${name ? ` · ${name}` : ''}` : '';
  };
  const kinds = root => root.querySelectorAll('select[name^="form_fields-"][name$="-field_type"]');
  const changed = event => {
    const child = event.target.closest && event.target.closest('[data-inline-panel-child]');
    if (child) kinds(child).forEach(refresh);
  };
  document.addEventListener('input', changed);
  document.addEventListener('change', changed);
  const start = () => {
    kinds(document).forEach(refresh);
    const rows = document.getElementById('id_form_fields-FORMS');
    if (rows) new MutationObserver(() => kinds(rows).forEach(refresh)).observe(rows, { childList: true });
  };
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start); else start();
})();
