// Keeps the preview of the clinic's colours up with what is being chosen.
addEventListener('DOMContentLoaded', () => {
  const box = document.querySelector('[data-colours]');
  const inputs = ['id_brand_colour', 'id_accent_colour'].map(id => document.getElementById(id));
  if (!box || inputs.includes(null)) return;
  let waiting;
  const show = async () => {
    const [brand, accent] = inputs.map(input => input.value);
    const reply = await fetch(`${box.dataset.colours}?${new URLSearchParams({ brand, accent })}`, { credentials: 'same-origin' });
    if (reply.ok) box.innerHTML = await reply.text();
  };
  inputs.forEach(input => input.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 150);
  }));
});
